// SPDX-License-Identifier: MIT
//
// runtime_2014: spawn in a task of the runtime that was removed.

#include <string>

#include "runtime_2014/args.hpp"
#include "runtime_2014/native/task.hpp"
#include "runtime_2014/process.hpp"
#include "runtime_2014/stdio.hpp"

namespace io = runtime_2014;

static void run() {
    const auto arguments = io::args::get();
    io::process::Command command(arguments.size() > 1 ? arguments[1].c_str() : "/bin/true");
    auto child = command.inherit().spawn();
    const auto exit = child ? child->wait() : std::unexpected(child.error());
    if (exit) {
        io::stdio::println("exit " + std::to_string(exit->number));
    } else {
        io::stdio::print_err("spawn: " + io::to_string(exit.error()) + "\n");
        io::set_exit_status(1);
    }
}

int main(int argc, char** argv) { return io::native::start(argc, argv, run); }
