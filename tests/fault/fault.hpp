// SPDX-License-Identifier: MIT
//
// Faults: system calls that fail, or move less than they should, as a test says.
//
// A program that links this has its own read, openat and so on, which libsys calls instead of libc's. They ask the
// plans of the calling thread and then the kernel. So all above libsys is what everybody gets, and nothing is compiled
// twice.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace fault {

/// Of the calls named `call`, `times` from the `first` on, counted from one, fail with `error`, or, if that is zero,
/// move no more than `at_most` bytes.
struct Plan {
    std::string_view call;
    int error = 0;
    std::size_t first = 1;
    std::size_t times = 1;
    std::size_t at_most = std::numeric_limits<std::size_t>::max();
};

inline constexpr std::size_t always = std::numeric_limits<std::size_t>::max() / 2;

/// While it lives, its plans hold for the calls of this thread, which it counts. One at a time.
class Faults {
public:
    explicit Faults(std::vector<Plan> plans = {});
    Faults(const Faults&) = delete;
    Faults& operator=(const Faults&) = delete;
    ~Faults();

    /// How often `call` was made.
    [[nodiscard]] std::size_t calls(std::string_view call) const;

    /// All that were made, and how often.
    [[nodiscard]] const std::map<std::string, std::size_t, std::less<>>& calls() const { return calls_; }

    /// Counts `call`, and says what is to become of it.
    [[nodiscard]] Plan next(std::string_view call);

private:
    std::vector<Plan> plans_;
    std::map<std::string, std::size_t, std::less<>> calls_;
};

}  // namespace fault
