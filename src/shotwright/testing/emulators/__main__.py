import sys

from shotwright.testing.emulators.run import main

sys.exit(main())
