// SPDX-License-Identifier: MIT
//
// A tool on weld alone: counts the lines of each named file, in concurrent native threads.
#include <weld/fs.hpp>
#include <weld/print.hpp>
#include <weld/thread.hpp>

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

int main(int argc, char** argv) {
    const std::span names(argv + 1, static_cast<std::size_t>(argc - 1));
    std::string said;
    weld::thread::scope([&](weld::thread::Scope& scope) {
        std::vector<weld::thread::ScopedJoinHandle<std::string>> counts;
        for (const char* name : names) {
            auto count = scope.spawn([name]() -> std::string {
                const auto text = weld::fs::read_to_string(name);
                return text ? std::to_string(std::ranges::count(*text, '\n')) : text.error().at(name).message();
            });
            if (count) {
                counts.push_back(*std::move(count));
            }
        }
        for (auto& count : counts) {
            said += std::move(count).join() + "\n";
        }
    });
    return weld::print(said) ? 0 : 1;
}
