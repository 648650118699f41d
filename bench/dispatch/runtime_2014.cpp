// SPDX-License-Identifier: MIT
//
// runtime_2014: the dispatch race through the virtual runtime that the RFC removed (bench/runtime_2014).
//
// Path objects are made before the clock starts, since a caller of 2014 held them.

#include <cstdlib>
#include <span>
#include <utility>

#include "dispatch/silence.h"
#include "files/input.h"
#include "runtime_2014/fs.hpp"
#include "runtime_2014/native/task.hpp"
#include "runtime_2014/stdio.hpp"
#include "runtime_2014/task.hpp"

namespace io = runtime_2014;
using io::fs::File;

template <class T>
static T value(io::IoResult<T> result) {
    if (!result) {
        std::fprintf(stderr, "%s\n", io::to_string(result.error()).c_str());
        std::exit(1);
    }
    if constexpr (!std::is_void_v<T>) {
        return *std::move(result);
    }
}

static outcome read_byte(const work* work, std::size_t block) {
    File file = value(File::open("/dev/zero"));
    const auto buffer = std::as_writable_bytes(std::span(input_buffer(block), block));
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        sum += value(file.read(buffer));
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome write_byte(const work* work, std::size_t block) {
    File file = value(File::create("/dev/null"));
    const auto buffer = std::as_bytes(std::span(input_buffer(block), block));
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        value(file.write(buffer));
        sum += buffer.size();
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome look_up(const work* work, std::size_t) {
    const io::Path path("/dev/null");
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        sum += value(io::fs::stat(path)).kind == io::fs::FileType::Unknown;  // it had no type for character devices
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome fail(const work* work, std::size_t) {
    const io::Path path("/nowhere");
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        sum += !io::fs::stat(path);
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome open_close(const work* work, std::size_t) {
    const io::Path path("/dev/null");
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        value(File::open(path));
    }
    return {work->ops, contender_now() - start, work->ops};
}

static outcome print(const work* work, std::size_t) {
    const int kept = silence_begin();
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        io::stdio::print("hello, world\n");
    }
    const auto ns = contender_now() - start;
    silence_end(kept);
    return {work->ops, ns, work->ops};
}

int main(int argc, char** argv) {
    io::local::put(io::native::new_task());
    const operation operations[] = {
        {"read", read_byte, 1}, {"write", write_byte, 1},      {"stat", look_up, 0},
        {"fail", fail, 0},      {"open-close", open_close, 0}, {"print", print, 0},
    };
    return input_main(argc, argv, operations, std::size(operations));
}
