"""Words that name a time of day, a place, the weather, people and boats: English, and plain German, French
and Spanish.

Written without accents and in lower case. A word after `~` is weak: it decides only where nothing else does.
"""

from __future__ import annotations

TIMES = {
    "dawn": "dawn daybreak sunrise morning ~early morgen morgens morgendammerung sonnenaufgang aube matin aurore "
    "amanecer manana alba",
    "day": "day noon midday sunny bright summer daylight ~sun ~sunlight ~spring ~clear mittag sonnig sommer jour "
    "midi ete soleil dia mediodia verano",
    "golden": "golden afternoon autumn ~warm ~honey nachmittag goldene goldener herbst apres-midi automne doree "
    "tarde otono dorada",
    "sunset": "sunset evening sundown ~orange abend sonnenuntergang abendrot soir soiree couchant atardecer ocaso",
    "dusk": "dusk twilight nightfall gloaming ~blue dammerung abenddammerung crepuscule crepusculo anochecer",
    "night": "night midnight moon moonlit moonlight stars starry starlight nocturnal ~dark ~lanterns ~neon nacht "
    "mitternacht mond sterne nuit minuit lune etoiles noche medianoche luna estrellas",
    "overcast": "overcast cloudy clouds bedeckt ~fog ~foggy ~mist ~misty ~rain ~rainy ~drizzle ~snow ~snowy ~winter "
    "~grey ~gray ~gloomy ~pale ~nebel ~regen ~schnee ~nuages ~brouillard ~brume ~pluie ~neige ~hiver "
    "~nublado ~niebla ~lluvia ~nieve ~invierno",
    "storm": "storm stormy thunder thunderstorm lightning tempest hurricane sturm gewitter blitz orage tempete "
    "eclair tormenta rayo",
}

PLACES = {
    "space": "space galaxy galaxies orbit planet planets cosmos cosmic nebula asteroid spaceship spacecraft "
    "astronaut universe weltall weltraum planeten espace planete galaxie espacio planeta galaxia",
    "underwater": "underwater reef coral undersea seabed ~diver unterwasser riff sous-marin recif submarino arrecife",
    "city": "city cities skyline street streets town downtown rooftop rooftops skyscraper skyscrapers urban alley "
    "avenue metropolis market ~traffic ~bridge ~neon ~taxi ~lantern ~lanterns ~cafe ~bar ~car stadt "
    "strasse strassen gasse dach markt ville rue rues toits marche ciudad calle calles tejado mercado",
    "interior": "room interior kitchen bedroom office cafe indoors corridor studio apartment hallway library "
    "classroom ~window ~house ~desk ~table ~lamp ~home zimmer kuche wohnung innenraum buro fenster "
    "chambre cuisine bureau interieur fenetre habitacion cocina oficina cuarto",
    "sea": "sea ocean beach coast harbour harbor ~boat ~boats ~ship ~ships ~sail ~sailboat ~ferry waves shore "
    "seaside bay island cliff cliffs lighthouse pier whale ~fisherman meer ozean strand kuste hafen "
    "~schiff insel wellen mer plage cote port ~bateau ~navire phare vagues mar oceano playa costa puerto "
    "~barco ~velero faro",
    "lake": "lake lakes river pond loch canoe rowboat fluss teich lac riviere etang lago ~rio estanque",
    "desert": "desert dune dunes sand sands sahara caravan oasis camel camels wuste dunen sable caravane desierto duna",
    "forest": "forest forests wood woods woodland tree trees pine pines jungle fir firs wald walder baum baume "
    "tannen foret arbre arbres sapins bois bosque selva arbol arboles pinos",
    "mountain": "mountain mountains mountaintop peak peaks alps valley canyon summit ridge glacier climber climbers "
    "berg berge gebirge gipfel tal alpen montagne montagnes sommet vallee montana montanas cumbre valle "
    "sierra",
    "meadow": "meadow meadows field fields hill hills hillside farm grass countryside village prairie garden "
    "pasture ~path ~road ~flowers wiese wiesen feld felder hugel dorf ~land garten pre champ champs "
    "colline collines campagne jardin pradera prado campo campos colina colinas pueblo",
}

WEATHERS = {
    "rain": "rain raining rainy drizzle downpour storm stormy thunderstorm ~umbrella regen regnet sturm gewitter "
    "pluie orage averse lluvia tormenta",
    "snow": "snow snowing snowy snowfall blizzard winter ~frost ~ice schnee schneit neige hiver nieve nevada invierno",
    "fog": "fog foggy mist misty haze hazy nebel dunst neblig brouillard brume niebla bruma neblina",
}

ONE_PERSON = (
    "man woman boy girl child person figure traveller traveler keeper stranger hero heroine walker hiker climber "
    "she he her his him someone detective soldier king queen monk farmer shepherd fisherman dancer runner mother "
    "father grandmother grandfather mann frau junge madchen wanderer homme femme garcon fille enfant hombre mujer "
    "nino nina alguien"
)

MORE_PEOPLE = (
    "people couple lovers friends family crowd travellers travelers they them two men women children boys girls "
    "hikers climbers walkers strangers sisters brothers leute menschen paar freunde familie kinder gens amis "
    "famille enfants gente pareja amigos familia ninos"
)

BOATS = (
    "boat boats ship ships sail sails sailboat yacht ferry schooner vessel canoe boote schiff schiffe segelboot "
    "bateau bateaux navire voilier barco barcos velero"
)

SHORES = "beach shore coast coastline seaside strand ufer kuste plage rivage cote playa orilla costa"
