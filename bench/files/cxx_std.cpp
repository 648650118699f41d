// SPDX-License-Identifier: MIT
//
// cxx_std: the files race with what the C++ standard library offers.
//
// A FILE without a buffer, so that each operation is a system call; std::filesystem for names. The library has no reads
// or writes at an offset. Paths of std::filesystem are made before the clock starts.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "input.h"

namespace fs = std::filesystem;

static std::FILE* opened(const char* path, const char* mode) {
    std::FILE* const file = std::fopen(path, mode);
    if (file == nullptr) {
        contender_die(path);
    }
    return file;
}

static std::FILE* opened_unbuffered(const char* path, const char* mode) {
    std::FILE* const file = opened(path, mode);
    std::setvbuf(file, nullptr, _IONBF, 0);
    return file;
}

static void rewind_at_end(std::FILE* file, std::uint64_t& position) {
    if (position == INPUT_SIZE) {
        position = 0;
        if (std::fseek(file, 0, SEEK_SET) != 0) {
            contender_die("fseek");
        }
    }
}

static outcome read_blocks(const work* work, std::size_t block) {
    std::FILE* const file = opened_unbuffered(input_path(work, "blocks"), "rb");
    char* const buffer = input_buffer(block);
    std::uint64_t sum = 0;
    std::uint64_t position = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        const std::size_t count = std::fread(buffer, 1, block, file);
        if (count == 0) {
            contender_die("fread");
        }
        sum += count;
        position += count;
        rewind_at_end(file, position);
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome write_blocks(const work* work, std::size_t block) {
    std::FILE* const file = opened_unbuffered(input_path(work, "blocks"), "rb+");
    char* const buffer = input_buffer(block);
    std::uint64_t sum = 0;
    std::uint64_t position = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        const std::size_t count = std::fwrite(buffer, 1, block, file);
        if (count == 0) {
            contender_die("fwrite");
        }
        sum += count;
        position += count;
        rewind_at_end(file, position);
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome open_close(const work* work, std::size_t) {
    const char* const path = input_path(work, "whole");
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        std::fclose(opened(path, "rb"));
    }
    return {work->ops, contender_now() - start, work->ops};
}

static outcome whole_read(const work* work, std::size_t) {
    const fs::path path = input_path(work, "whole");
    std::uint64_t sum = 0;
    const auto start = contender_now();
    for (std::uint64_t op = 0; op < work->ops; ++op) {
        std::ifstream file(path, std::ios::binary);
        std::string text(fs::file_size(path), '\0');
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        sum += static_cast<std::uint64_t>(file.gcount());
    }
    return {work->ops, contender_now() - start, sum};
}

static outcome create_remove(const work* work, std::size_t) {
    const fs::path parent = input_path(work, "own");
    char** const made = input_names(parent.c_str(), work->ops);
    const std::vector<fs::path> names(made, made + work->ops);
    std::uint64_t removed = 0;
    const auto start = contender_now();
    for (const auto& name : names) {
        std::ofstream file(name, std::ios::binary);
    }
    for (const auto& name : names) {
        removed += fs::remove(name);
    }
    const auto ns = contender_now() - start;
    fs::remove(parent);
    return {work->ops, ns, removed};
}

static outcome remove_dir_all(const work* work, std::size_t) {
    const fs::path root = input_path(work, "tree");
    const std::uint64_t entries = input_tree(root.c_str(), work->ops);
    const auto start = contender_now();
    const std::uint64_t removed = fs::remove_all(root);
    return {entries, contender_now() - start, removed};
}

int main(int argc, char** argv) {
    const operation operations[] = {
        {"read-1", read_blocks, 1},          {"read-64k", read_blocks, 65536},      {"write-1", write_blocks, 1},
        {"write-64k", write_blocks, 65536},  {"open-close", open_close, 0},         {"whole-read", whole_read, 0},
        {"create-remove", create_remove, 0}, {"remove-dir-all", remove_dir_all, 0},
    };
    return input_main(argc, argv, operations, std::size(operations));
}
