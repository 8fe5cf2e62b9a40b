"""The same job in Python's own logging: `throughput LINES THREADS FILE`."""

import logging
import resource
import sys
import threading
import time

_, _, lines, threads, path = sys.argv
lines, threads = int(lines), int(threads)
logging.basicConfig(
    filename=path, level=logging.INFO, format="%(asctime)s %(levelname)s %(threadName)s - %(message)s"
)


def work(first):
    for number in range(first, lines, threads):
        logging.info("message %d user=%s id=%d", number, "alice", number)


begin = time.perf_counter()
workers = [threading.Thread(target=work, args=(first,)) for first in range(threads)]
for worker in workers:
    worker.start()
for worker in workers:
    worker.join()
seconds = time.perf_counter() - begin
usage = resource.getrusage(resource.RUSAGE_SELF)
with open("/proc/self/smaps_rollup") as rollup:
    private = sum(int(line.split()[1]) for line in rollup if line.startswith("Private_"))
print(seconds, usage.ru_utime + usage.ru_stime, private)
