// SPDX-License-Identifier: MIT
//
// green_context: the switch race with green's own switch, below all of its scheduling.
//
// It includes a header of the implementation and needs a static green, whose hidden functions it can call. Its costs
// above the baseline: the pointer that it passes over, and the check for work on arrival. With --then there is such
// work, a call of an empty function, as there is when a task parks.

#include "libgreen/src/context/context.hpp"

#include <cstdint>
#include <string_view>

#include "work.h"

namespace {

green::Context first;
green::Context second;
alignas(16) unsigned char stack[16384];

void nothing(void*, green::Carrier&) noexcept {}

green::Carrier& nobody = *reinterpret_cast<green::Carrier*>(&first);  // passed along, never read

template <bool HasThen>
void exchange(green::Context& from, green::Context& to, std::uint64_t times) {
    for (std::uint64_t done = 0; done < times; ++done) {
        green::switch_context(from, to, nobody, HasThen ? &nothing : nullptr, nullptr);
    }
}

/// The endless loop of the second context.
template <bool HasThen>
void answer(void*, green::Carrier&) noexcept {
    for (;;) {
        green::switch_context(second, first, nobody, HasThen ? &nothing : nullptr, nullptr);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    const std::uint64_t each = (work.ops + 1) / 2;
    const bool has_then = std::string_view(work.flag) == "then";
    second = green::make_context(stack + sizeof stack, has_then ? &answer<true> : &answer<false>, nullptr);

    const auto start = contender_now();
    (has_then ? &exchange<true> : &exchange<false>)(first, second, each);
    work_print(2 * each, contender_now() - start);
}
