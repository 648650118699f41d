// SPDX-License-Identifier: MIT
//
// histogram: counts times by length, in buckets that are 1/128 of their power of two wide.
//
// From 0 to 2^40; longer times are clamped. Counting is a shift and an addition, and allocates nothing.

#ifndef BENCH_ECHO_HISTOGRAM_H
#define BENCH_ECHO_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

enum {
    HISTOGRAM_BITS = 7,
    HISTOGRAM_PARTS = 1 << HISTOGRAM_BITS,
    HISTOGRAM_BUCKETS = (40 - HISTOGRAM_BITS + 1) * HISTOGRAM_PARTS,
};

struct histogram {
    uint64_t total;
    uint64_t counts[HISTOGRAM_BUCKETS];
};

static inline void histogram_add(struct histogram* histogram, uint64_t value) {
    size_t bucket = value;  // the first two powers are exact
    if (value >= HISTOGRAM_PARTS) {
        unsigned shift = 63u - (unsigned)__builtin_clzll(value) - HISTOGRAM_BITS;
        bucket = ((size_t)shift << HISTOGRAM_BITS) + (value >> shift);
    }
    histogram->counts[bucket < HISTOGRAM_BUCKETS ? bucket : HISTOGRAM_BUCKETS - 1] += 1;
    histogram->total += 1;
}

/// The middle of the bucket below whose end the fraction `part`, such as 0.99, of all counts lies; zero without counts.
static inline uint64_t histogram_quantile(const struct histogram* histogram, double part) {
    uint64_t seen = 0;
    for (size_t bucket = 0; bucket < HISTOGRAM_BUCKETS; ++bucket) {
        seen += histogram->counts[bucket];
        if (seen > 0 && (double)seen >= part * (double)histogram->total) {
            if (bucket < 2 * HISTOGRAM_PARTS) {
                return bucket;
            }
            size_t shift = (bucket >> HISTOGRAM_BITS) - 1;
            uint64_t lowest = (uint64_t)(HISTOGRAM_PARTS + bucket % HISTOGRAM_PARTS) << shift;
            return lowest + ((uint64_t)1 << shift) / 2;
        }
    }
    return 0;
}

#endif
