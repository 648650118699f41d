// SPDX-License-Identifier: MIT
//
// weld: the local race in a thread that weld started, on the thread-locals of the language. With --local on
// weld::thread::Local.

#include <weld/thread.hpp>
#include <weld/thread/local.hpp>

#include <string_view>
#include <utility>

#include "local/lookup.hpp"
#include "must.hpp"

namespace {

thread_local weld::thread::Local<std::uint64_t> locals[LOCAL_ACCESSES];

std::uint64_t sum_of_locals() {
    std::uint64_t sum = 0;
    for (auto& local : locals) {
        sum += local.get();
    }
    return sum;
}

}  // namespace

int main(int argc, char** argv) {
    const work work = work_options(argc, argv);
    auto thread = must(weld::thread::spawn([&work] {
        if (work.flag != std::string_view("local")) {
            const auto ns = local_race(&work);
            return std::pair(ns, local_sum());
        }
        (void)sum_of_locals();  // creates them
        const auto ns = lookup_race(work, [](unsigned key) -> std::uint64_t& { return locals[key].get(); });
        return std::pair(ns, sum_of_locals());
    }));
    const auto [ns, sum] = std::move(thread).join();
    work_print_sum(local_rounds_of(&work) * LOCAL_ACCESSES, ns, sum);
}
