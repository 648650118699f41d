// SPDX-License-Identifier: MIT
//
// The switch preserves the callee-saved registers and control words of a context.
#include <support/green.hpp>

#include <green/pool.hpp>
#include <green/thread.hpp>

#include <array>
#include <cfenv>
#include <cstdint>
#include <vector>

using test::must;
namespace thread = green::thread;

namespace {

constexpr std::size_t tasks = 7;
constexpr std::uint64_t switches = test::is_slow ? 20'000 : 1'000'000;

/// Fills all callee-saved registers, lets other tasks run, and counts the registers that have changed.
[[gnu::noinline]] std::uint64_t torture(std::uint64_t seed, std::uint64_t rounds) {
    std::uint64_t wrong = 0;
    for (std::uint64_t round = 0; round < rounds; ++round) {
        // Values that are live across the call, more than there are callee-saved registers.
        std::array<std::uint64_t, 12> words;
        std::array<double, 10> reals;
        for (std::size_t i = 0; i < words.size(); ++i) {
            words[i] = seed * 1'000'003 + round * 31 + i;
        }
        for (std::size_t i = 0; i < reals.size(); ++i) {
            reals[i] = static_cast<double>(words[i]) / 3;
        }
        std::uint64_t a = words[0], b = words[1], c = words[2], d = words[3], e = words[4], f = words[5];
        double p = reals[0], q = reals[1], r = reals[2], s = reals[3];
        asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
        thread::yield_now();
        asm volatile("" : "+r"(a), "+r"(b), "+r"(c), "+r"(d), "+r"(e), "+r"(f));
        wrong += static_cast<std::uint64_t>(a != words[0] || b != words[1] || c != words[2] || d != words[3] ||
                                            e != words[4] || f != words[5]);
        wrong += static_cast<std::uint64_t>(p != reals[0] || q != reals[1] || r != reals[2] || s != reals[3]);
    }
    return wrong;
}

/// Whether arithmetic rounds as `mode` says, on both units of x86-64.
bool rounds_as(int mode) {
    volatile double one = 1;
    volatile double three = 3;
    volatile long double long_one = 1;
    volatile long double long_three = 3;
    const double third = one / three;
    const long double long_third = long_one / long_three;
    const bool is_up = third > 0x1.5555555555555p-2;
    const bool is_long_up = long_third * 3 > 1.0L || (sizeof(long double) == sizeof(double) && is_up) ||
                            long_third > static_cast<long double>(0x1.5555555555555p-2) + 0x1.54p-56L;
    return std::fegetround() == mode && is_up == (mode == FE_UPWARD) && (mode != FE_UPWARD || is_long_up);
}

}  // namespace

GREEN_TEST("callee-saved registers survive a million switches") {
    std::vector<thread::JoinHandle<std::uint64_t>> handles;
    for (std::size_t i = 0; i < tasks; ++i) {
        handles.push_back(must(thread::spawn([i] { return torture(i + 1, switches / tasks); })));
    }
    std::uint64_t wrong = 0;
    for (auto& handle : handles) {
        wrong += std::move(handle).join();
    }
    CHECK(wrong == 0);
}

TEST_CASE("each task keeps its rounding mode across switches with float_control") {
    for (const std::size_t workers : {1U, 4U}) {
        const int wrong = must(green::run({.workers = workers, .float_control = true}, [] {
            std::vector<thread::JoinHandle<int>> handles;
            for (std::size_t i = 0; i < tasks; ++i) {
                handles.push_back(must(thread::spawn([i] {
                    int bad = std::fegetround() == FE_TONEAREST ? 0 : 1;
                    const int mode = std::array{FE_TONEAREST, FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}[i % 4];
                    std::fesetround(mode);
                    for (std::uint64_t round = 0; round < switches / tasks; ++round) {
                        thread::yield_now();
                        bad += rounds_as(mode) ? 0 : 1;
                    }
                    return bad;
                })));
            }
            int bad = 0;
            for (auto& handle : handles) {
                bad += std::move(handle).join();
            }
            return bad + (std::fegetround() == FE_TONEAREST ? 0 : 1);
        }));
        CHECK(wrong == 0);
    }
    CHECK(std::fegetround() == FE_TONEAREST);
}
