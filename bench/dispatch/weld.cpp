// SPDX-License-Identifier: MIT
//
// weld: the dispatch race with weld::fs and weld::print, as a user would write it.

#include <weld/fs.hpp>
#include <weld/print.hpp>

#include <span>

#include "dispatch/silence.h"
#include "files/input.h"
#include "must.hpp"

using weld::fs::File;

static outcome read_byte(const work* work, std::size_t block) {
    const File file = must(File::open("/dev/zero"));
    const auto buffer = std::as_writable_bytes(std::span(input_buffer(block), block));
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        sum += must(file.read(buffer));
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome write_byte(const work* work, std::size_t block) {
    const File file = must(File::open("/dev/null", {.write = true}));
    const auto buffer = std::as_bytes(std::span(input_buffer(block), block));
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        sum += must(file.write(buffer));
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome look_up(const work* work, std::size_t) {
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        sum += must(weld::fs::metadata("/dev/null")).file_type() == weld::fs::FileType::CharDevice;
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome fail(const work* work, std::size_t) {
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        sum += !weld::fs::metadata("/nowhere");
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome open_close(const work* work, std::size_t) {
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        must(File::open("/dev/null"));
    }
    return {work->ops, contender_now() - start, work->ops};
}

static outcome print(const work* work, std::size_t) {
    const int kept = silence_begin();
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        must(weld::print("hello, world\n"));
        must(weld::flush());
    }
    const auto ns = contender_now() - start;
    silence_end(kept);
    return {work->ops, ns, work->ops};
}

int main(int argc, char** argv) {
    const operation operations[] = {
        {"read", read_byte, 1}, {"write", write_byte, 1},      {"stat", look_up, 0},
        {"fail", fail, 0},      {"open-close", open_close, 0}, {"print", print, 0},
    };
    return input_main(argc, argv, operations, std::size(operations));
}
