// SPDX-License-Identifier: MIT
//
// Faults: system calls that fail, or move fewer bytes than requested, as a test plans it.
//
// A program that links this has its own read, openat and so on, which libsys calls instead of libc's. They apply the
// plans of the calling thread and then call the kernel. So the code under test above libsys is the shipped one, and is
// not compiled twice.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fault {

/// Of the calls named `call`, `times` calls from number `first` (counted from one) fail with `error`. If `error` is
/// zero, they move at most `at_most` bytes instead.
struct Plan {
    std::string_view call;
    int error = 0;
    std::size_t first = 1;
    std::size_t times = 1;
    std::size_t at_most = std::numeric_limits<std::size_t>::max();
};

inline constexpr std::size_t always = std::numeric_limits<std::size_t>::max() / 2;

/// During its lifetime its plans apply to the calls of this thread, which it counts. Only one at a time.
class Faults {
public:
    explicit Faults(std::vector<Plan> plans = {});
    Faults(const Faults&) = delete;
    Faults& operator=(const Faults&) = delete;
    ~Faults();

    /// How many times `call` was made.
    [[nodiscard]] std::size_t calls(std::string_view call) const;

    /// All calls that were made, and how many times.
    [[nodiscard]] const std::map<std::string, std::size_t, std::less<>>& calls() const { return calls_; }

    /// Counts `call` and returns the plan for it.
    [[nodiscard]] Plan next(std::string_view call);

private:
    std::vector<Plan> plans_;
    std::map<std::string, std::size_t, std::less<>> calls_;
};

}  // namespace fault
