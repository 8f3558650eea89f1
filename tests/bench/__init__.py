"""Benchmarks: `make bench`. Each module offers `run(world) -> list[Figure]`; docs/benchmarks.md is written from them.

Seconds are printed and compared with a baseline of the same run, never asserted. BENCH_ORDERS sets the size of the shop
(default 100,000); BENCH_ONLY=placing,lists runs a part, which BENCH_WRITE=1 writes down too.
"""
