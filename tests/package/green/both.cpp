// SPDX-License-Identifier: MIT
//
// One library with both kinds of thread in one process: a task greets a native thread, and a native thread a task.
#include "greeter.hpp"

#include <green/model.hpp>
#include <green/runtime.hpp>
#include <weld/model.hpp>
#include <weld/print.hpp>

#include <string>
#include <utility>

namespace {

using Threads = Greeter<weld::Model>;
using Tasks = Greeter<green::Model>;

/// The greeting that a native thread gets from the calling task.
weld::Result<std::string> greet_a_thread() {
    const auto greeter = Tasks::open();
    const auto address = greeter ? greeter->address() : std::unexpected(greeter.error());
    if (!address) {
        return std::unexpected(address.error());
    }
    auto guest = weld::Model::spawn([address] { return Threads::visit(*address, "thread"); });
    const auto served = guest ? greeter->serve() : std::unexpected(guest.error());
    return served ? std::move(*guest).join() : std::unexpected(served.error());
}

/// The greeting that the calling task gets from a native thread.
weld::Result<std::string> visit_a_thread() {
    auto greeter = Threads::open();
    const auto address = greeter ? greeter->address() : std::unexpected(greeter.error());
    if (!address) {
        return std::unexpected(address.error());
    }
    auto host = weld::Model::spawn([greeter = *std::move(greeter)] { return greeter.serve(); });
    auto heard = host ? Tasks::visit(*address, "task") : std::unexpected(host.error());
    const auto served = heard ? std::move(*host).join() : std::unexpected(heard.error());
    return served ? std::move(heard) : std::unexpected(served.error());
}

}  // namespace

int main() {
    const auto said = green::run([]() -> weld::Result<std::string> {
        const auto thread = greet_a_thread();
        const auto task = visit_a_thread();
        if (!thread || !task) {
            return std::unexpected(thread ? task.error() : thread.error());
        }
        return *thread + "; " + *task;
    });
    return weld::print((said ? *said : said.error().message()) + "\n") ? 0 : 1;
}
