// SPDX-License-Identifier: MIT
#include "operations.hpp"

#include <weld/fs.hpp>

namespace fs = weld::fs;
using weld::Result;

namespace fault {

namespace {

constexpr std::string_view old_text = "what was there";
constexpr std::string_view new_text = "new";

template <class T>
Result<void> made_and_closed(Result<T> made) {
    return made ? std::move(*made).close() : std::unexpected(made.error());
}

std::size_t names_in(const std::string& path) {
    std::size_t count = 0;
    for (auto entries = fs::read_dir(path).value(); [[maybe_unused]] const auto& entry : entries) {
        ++count;
    }
    return count;
}

Result<void> walked(const std::string& tree) {
    Result<void> first;
    auto walk = fs::walk(tree);
    if (!walk) {
        return std::unexpected(walk.error());
    }
    for (const auto& item : *walk) {
        if (!item && first) {
            first = std::unexpected(item.error());
        }
    }
    return first;
}

/// Copying a file onto itself is refused with an error.
Result<void> refused_to_copy(const std::string& file) {
    const auto copied = fs::copy(file, file);
    if (copied || copied.error().kind() != weld::Kind::InvalidInput) {
        return std::unexpected(copied ? weld::Error("copy", weld::Fault::WriteZero) : copied.error());
    }
    return {};
}

}  // namespace

std::vector<Operation> operations(const std::string& directory) {
    const std::string tree = directory + "/tree";
    const std::string kept = directory + "/kept";
    const std::string made = directory + "/made";
    const std::string beside = directory + "/beside";
    const auto text = [=] { return fs::read_to_string(kept).value_or("?"); };
    const auto is_kept = [=] { return text() == old_text; };
    const auto has_tree = [=] { return is_kept() && fs::read_to_string(tree + "/a/b/file").has_value(); };
    return {
        {"nothing", [] { return Result<void>(); }, is_kept},
        {"read_to_string", [=] { return plain(fs::read_to_string(kept)); }, is_kept},
        {"write_atomic", [=] { return fs::write_atomic(kept, new_text); },
         [=] { return (is_kept() || text() == new_text) && names_in(directory) == 3; }},
        {"copy", [=] { return plain(fs::copy(kept, made)); }, is_kept},
        {"copy onto itself", [=] { return refused_to_copy(kept); }, is_kept},
        {"create_dir_all", [=] { return fs::create_dir_all(made + "/by/it"); }, is_kept},
        {"walk", [=] { return walked(tree); }, has_tree},
        {"copy_tree", [=] { return fs::copy_tree(tree, made); }, has_tree},
        {"remove_dir_all", [=] { return fs::remove_dir_all(tree); }, is_kept},
        {"rename", [=] { return fs::rename(kept, made); },
         [=] { return is_kept() || fs::read_to_string(made).value_or("?") == old_text; }},
        {"remove_file", [=] { return fs::remove_file(tree + "/a/file"); }, has_tree},
        {"TempDir", [=] { return made_and_closed(fs::TempDir::create(beside)); }, is_kept},
        {"TempFile", [=] { return made_and_closed(fs::TempFile::create(beside)); }, is_kept},
    };
}

void prepare_operation(const std::string& directory) {
    for (const char* name : {"/beside", "/made"}) {
        (void)fs::remove_dir_all(directory + name);
        (void)fs::remove_file(directory + name);
    }
    fs::create_dir(directory + "/beside").value();
    fs::create_dir_all(directory + "/tree/a/b").value();
    fs::write(directory + "/tree/a/file", old_text).value();
    fs::write(directory + "/tree/a/b/file", old_text).value();
    fs::write(directory + "/kept", old_text).value();
}

}  // namespace fault
