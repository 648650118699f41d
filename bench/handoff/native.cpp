// SPDX-License-Identifier: MIT
//
// native: the handoff race with native threads, which a blocked call of another thread never delays.
//
// As many threads sleep and wake as there are tasks in other contenders, or `--beats N`; the gap shows how fast the
// system wakes them. One more thread does so for native_gap_ns, as in the other contenders.

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "setting.hpp"

namespace {

std::uint64_t beat(const Window& window) {
    return longest_gap(window, [] { sleep_natively(beat_ns); });
}

std::uint64_t race_one(const Setting& setting, Window& window, Call& call) {
    std::vector<std::uint64_t> gaps(setting.beats);
    std::vector<std::thread> hearts;
    for (auto& gap : gaps) {
        hearts.emplace_back([&window, &gap] { gap = beat(window); });
    }
    sleep_natively(warming_ns);
    stay(call, window, setting.stuck_ns);
    sleep_natively(after_ns);
    window.close();
    for (auto& heart : hearts) {
        heart.join();
    }
    return *std::max_element(gaps.begin(), gaps.end());
}

std::uint64_t race_all(Window& window, Call& first, Call& second) {
    std::uint32_t given = 0;
    std::array threads = {std::thread([&] { first(); }), std::thread([&] { second(); }), std::thread([&] {
                              futex_await(&given, 1);
                              window.end();
                          })};
    sleep_natively(after_ns);
    window.begin();
    futex_give(&given, 1);
    threads[2].join();
    window.close();
    threads[0].join();
    threads[1].join();
    return window.length();
}

}  // namespace

int main(int argc, char** argv) {
    const Setting setting(argc, argv);
    const auto call = setting.make_call();
    Window window;
    std::uint64_t native_gap = 0;
    std::thread native([&] { native_gap = beat(window); });
    const auto gap =
        setting.call == all_blocked ? race_all(window, *call, *setting.make_call()) : race_one(setting, window, *call);
    native.join();
    print_gaps(window, gap, native_gap);
}
