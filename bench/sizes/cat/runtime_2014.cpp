// SPDX-License-Identifier: MIT
//
// runtime_2014: cat in a task of the runtime that was removed.

#include <string>
#include <vector>

#include "runtime_2014/args.hpp"
#include "runtime_2014/fs.hpp"
#include "runtime_2014/native/task.hpp"
#include "runtime_2014/stdio.hpp"

namespace io = runtime_2014;

static void complain(const io::IoError& error) {
    io::stdio::print_err("cat: " + io::to_string(error) + "\n");
    io::set_exit_status(1);
}

template <class Reader>
static void copy(Reader& from, io::stdio::Stream& to) {
    std::vector<std::byte> buffer(32 * 1024);
    for (;;) {
        const auto count = from.read(buffer);
        const auto done = count ? to.write(std::span(buffer).first(*count)) : std::unexpected(count.error());
        if (!done) {
            if (done.error().kind != io::IoErrorKind::EndOfFile) {
                complain(done.error());
            }
            return;
        }
    }
}

static void run() {
    auto out = io::stdio::stdout_raw();
    const auto arguments = io::args::get();
    if (arguments.size() < 2) {
        auto in = io::stdio::stdin_raw();
        copy(in, out);
    }
    for (std::size_t i = 1; i < arguments.size(); ++i) {
        if (auto file = io::fs::File::open(arguments[i].c_str())) {
            copy(*file, out);
        } else {
            complain(file.error());
        }
    }
}

int main(int argc, char** argv) { return io::native::start(argc, argv, run); }
