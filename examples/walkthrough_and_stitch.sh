#!/usr/bin/env bash
# A walkthrough of several rooms as one film. Free and without any key, as it stands:
#
#   examples/walkthrough_and_stitch.sh                          three rooms drawn from words
#   examples/walkthrough_and_stitch.sh hall.jpg kitchen.jpg     your own photos, in this order
#
# MODEL names another model ("google", "runway/gen4.5"), MAX_COST limits what may be spent in USD. The same command again
# continues or reuses, and never pays twice. OUT, SIZE and LENGTH (seconds of each clip) can be set too.
set -euo pipefail

MODEL=${MODEL:-animatic}
MAX_COST=${MAX_COST:-5}
OUT=${OUT:-walkthrough}
SIZE=${SIZE:-1280x720}
LENGTH=${LENGTH:-4}
ROOMS=("a hall with a wooden floor and tall windows" "a kitchen with a long table" "a library at dusk, lamps lit")

mkdir -p "$OUT"

# A picture of each room: the photos given, or the first frame of a short clip drawn from words.
pictures=("$@")
if [ ${#pictures[@]} -eq 0 ]; then
  for number in "${!ROOMS[@]}"; do
    clip="$OUT/room-$((number + 1)).mp4"
    shotwright generate "${ROOMS[$number]}" --model animatic --seconds 1 --size "$SIZE" -o "$clip" --quiet
    shotwright frames "$clip" --at 0 -o "${clip%.mp4}.png"
    pictures+=("${clip%.mp4}.png")
  done
fi

# Two clips for each room: walk in, then look around from the very frame where the first one ended. A line -- begins the
# next room; rooms are joined by a crossfade.
prompts=""
images=()
for picture in "${pictures[@]}"; do
  prompts+=$'walk in slowly, push in\nlook around, pan right\n--\n'
  images+=(-i "$picture")
done

printf '%s' "$prompts" | shotwright generate - "${images[@]}" --stitch --model "$MODEL" --max-cost "$MAX_COST" \
  --seconds "$LENGTH" --size "$SIZE" --transition crossfade:0.5 -o "$OUT/walkthrough.mp4"

shotwright contact-sheet "$OUT/walkthrough.mp4" -o "$OUT/walkthrough.png"
