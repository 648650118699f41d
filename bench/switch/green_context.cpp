// SPDX-License-Identifier: MIT
//
// green_context: the switch race with green's own switch, below all of its scheduling.
//
// It includes a header of the implementation and needs a static green, whose hidden functions can be reached. What it
// has above the floor: the switch is a function, and the context switched to first does what the other told it to,
// which here is nothing. Both contexts call it from the same place, as all tasks do, so its return goes where the
// processor expects; with --apart they call it from two, and every return is a surprise.

#include "libgreen/src/context/context.hpp"

#include <cstdint>
#include <string_view>

#include "work.h"

namespace {

green::Context first;
green::Context second;
alignas(16) unsigned char stack[16384];

void nothing(void*) noexcept {}

/// Its number keeps the compiler from taking two of them for one.
template <int Place>
[[gnu::noinline, gnu::no_icf]] void exchange(green::Context& from, green::Context& to, std::uint64_t times) {
    for (std::uint64_t done = 0; done < times; ++done) {
        green::switch_context(from, to, &nothing, nullptr);
    }
}

void answer(void* same) noexcept {
    const auto loop = same != nullptr ? &exchange<0> : &exchange<1>;
    loop(second, first, UINT64_MAX);
}

}  // namespace

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    const std::uint64_t each = (work.ops + 1) / 2;
    const bool apart = std::string_view(work.flag) == "apart";
    second = green::make_context(stack + sizeof stack, &answer, apart ? nullptr : &first);

    const auto start = contender_now();
    exchange<0>(first, second, each);
    work_print(2 * each, contender_now() - start);
}
