// SPDX-License-Identifier: MIT
//
// weld: the files race with weld::fs, as a user would write it.

#include <weld/fs.hpp>

#include <span>

#include "input.h"
#include "must.hpp"

using weld::fs::File;
using weld::fs::SeekFrom;

static void rewind_at_end(const File& file, std::uint64_t& position) {
    if (position == INPUT_SIZE) {
        position = must(file.seek(SeekFrom::Start, 0));
    }
}

static outcome read_blocks(const work* work, std::size_t block) {
    const File file = must(File::open(input_path(work, "blocks")));
    const auto buffer = std::as_writable_bytes(std::span(input_buffer(block), block));
    std::uint64_t sum = 0;
    std::uint64_t position = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        const std::size_t count = must(file.read(buffer));
        sum += count;
        position += count;
        rewind_at_end(file, position);
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome write_blocks(const work* work, std::size_t block) {
    const File file = must(File::open(input_path(work, "blocks"), {.write = true}));
    const auto buffer = std::as_bytes(std::span(input_buffer(block), block));
    std::uint64_t sum = 0;
    std::uint64_t position = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        const std::size_t count = must(file.write(buffer));
        sum += count;
        position += count;
        rewind_at_end(file, position);
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome pread_blocks(const work* work, std::size_t block) {
    const File file = must(File::open(input_path(work, "blocks")));
    const auto buffer = std::as_writable_bytes(std::span(input_buffer(block), block));
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        sum += must(file.read_at(buffer, sum % INPUT_SIZE));
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome pwrite_blocks(const work* work, std::size_t block) {
    const File file = must(File::open(input_path(work, "blocks"), {.write = true}));
    const auto buffer = std::as_bytes(std::span(input_buffer(block), block));
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        sum += must(file.write_at(buffer, sum % INPUT_SIZE));
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome open_close(const work* work, std::size_t) {
    const char* const path = input_path(work, "whole");
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        must(File::open(path));
    }
    return {work->ops, contender_now() - start, work->ops};
}

static outcome whole_read(const work* work, std::size_t) {
    const char* const path = input_path(work, "whole");
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        sum += must(weld::fs::read_to_string(path)).size();
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome create_remove(const work* work, std::size_t) {
    const char* const parent = input_path(work, "own");
    const std::span<char* const> names(input_names(parent, work->ops), work->ops);
    const auto start = contender_now();
    for (const char* const name : names) {
        must(File::create(name));
    }
    for (const char* const name : names) {
        must(weld::fs::remove_file(name));
    }
    const auto ns = contender_now() - start;
    must(weld::fs::remove_dir(parent));
    return {work->ops, ns, work->ops};
}

static outcome remove_dir_all(const work* work, std::size_t) {
    const char* const root = input_path(work, "tree");
    const std::uint64_t entries = input_tree(root, work->ops);
    const auto start = contender_now();
    must(weld::fs::remove_dir_all(root));
    return {entries, contender_now() - start, entries};
}

int main(int argc, char** argv) {
    const operation operations[] = {
        {"read-1", read_blocks, 1},         {"read-64k", read_blocks, 65536},     {"write-1", write_blocks, 1},
        {"write-64k", write_blocks, 65536}, {"pread-1", pread_blocks, 1},         {"pread-64k", pread_blocks, 65536},
        {"pwrite-1", pwrite_blocks, 1},     {"pwrite-64k", pwrite_blocks, 65536}, {"open-close", open_close, 0},
        {"whole-read", whole_read, 0},      {"create-remove", create_remove, 0},  {"remove-dir-all", remove_dir_all, 0},
    };
    return input_main(argc, argv, operations, std::size(operations));
}
