"""The date daemon as one writes it first: the peer that date-daemon is measured against.

Usage: date_daemon.py FILE SECONDS
"""

import sys
import time
from datetime import datetime

path, interval = sys.argv[1], float(sys.argv[2])
while True:
    with open(path, "a") as file:
        file.write(datetime.now().strftime("%Y-%m-%d %H:%M:%S") + "\n")
    time.sleep(interval)
