// SPDX-License-Identifier: MIT
//
// lookup: the local race for contenders that look a value up by its key, in the rounds of local/access.h.
#pragma once

#include "local/access.h"

template <unsigned Keys, class Access>
void lookup_rounds(std::uint64_t rounds, Access access) {
    for (std::uint64_t round = 0; round < rounds; ++round) {
        for (unsigned i = 0; i < LOCAL_ACCESSES; ++i) {
            access(i % Keys) += 1;
            local_barrier();
        }
    }
}

/// Runs the race on the results of `access` for each key: references to values of the calling task, or proxies of them.
/// All values exist already. Returns the nanoseconds.
template <class Access>
std::uint64_t lookup_race(const work& work, Access access) {
    const std::uint64_t rounds = local_rounds_of(&work);
    const std::uint64_t start = contender_now();
    switch (work.tasks) {
        case 1: lookup_rounds<1>(rounds, access); break;
        case 8: lookup_rounds<8>(rounds, access); break;
        case 32: lookup_rounds<32>(rounds, access); break;
        default: local_usage(work.tasks);
    }
    return contender_now() - start;
}
