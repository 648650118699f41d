// SPDX-License-Identifier: MIT
#include <weld/fs/read_dir.hpp>

#include "look_up.hpp"

#include <weld/sys/try.hpp>

#include <array>
#include <cassert>

namespace weld::fs {

struct ReadDir::State {
    State(native::Directory opened, std::string_view opened_path)
        : directory(std::move(opened)),
          path(opened_path),
          item(std::unexpected(Error("read_dir", Fault::InvalidInput))) {}

    native::Directory directory;
    std::string path;
    native::DirectoryRecords records;
    Result<DirEntry> item;
    bool ended = false;
    std::array<std::byte, 32 * 1024> buffer;  // as much as libc's readdir reads at a time
};

Result<FileType> DirEntry::file_type() const noexcept {
    if (native_.file_type != FileType::Unknown) {
        return native_.file_type;
    }
    return WELD_TRY(metadata()).file_type();
}

Result<Metadata> DirEntry::metadata() const noexcept {
    return look_up([&](native::Metadata& target) {
        return native::metadata(directory_, native_.c_name(), native::Follow::No, target);
    });
}

namespace {

/// Whether `path` leads to the open directory.
bool leads_to(const std::string& path, sys::BorrowedHandle directory) noexcept {
    native::Metadata found;
    native::Metadata expected;
    return native::metadata(sys::cwd, sys::CStr(path.c_str()), native::Follow::No, found) &&
           native::metadata(directory, expected) && found.identity() == expected.identity();
}

/// A path of the open directory; empty if the system has none for it.
std::string path_of(sys::BorrowedHandle directory) {
    constexpr std::string_view removed = " (deleted)";  // of a removed directory, proc(5); or a part of its name
    std::array<char, longest_path> text;
    const auto size = native::path_of(directory, text);
    if (!size || *size >= text.size() || text.front() != '/') {
        return {};
    }
    std::string path(text.data(), *size);
    if (path.ends_with(removed) && !leads_to(path, directory)) {
        path.clear();
    }
    return path;
}

}  // namespace

std::string DirEntry::path() const {
    std::string path = directory_path_.empty() ? path_of(directory_) : std::string(directory_path_);
    if (path.empty()) {
        return path;
    }
    if (!path.ends_with('/')) {
        path.push_back('/');
    }
    return path.append(native_.name());
}

ReadDir::ReadDir(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
ReadDir::ReadDir(ReadDir&&) noexcept = default;
ReadDir& ReadDir::operator=(ReadDir&&) noexcept = default;
ReadDir::~ReadDir() = default;

sys::BorrowedHandle ReadDir::as_handle() const noexcept { return state_->directory.as_handle(); }

const Result<DirEntry>* ReadDir::next() noexcept {
    assert(state_ != nullptr);
    State& state = *state_;
    native::DirectoryEntry entry;
    while (!state.ended && !state.records.next(entry)) {
        const auto filled = during("read_dir", state.directory.read(state.buffer));
        state.ended = filled.value_or(0) == 0;
        if (!filled) {
            state.item = std::unexpected(filled.error());
            return &state.item;
        }
        state.records = native::DirectoryRecords(std::span(state.buffer).first(*filled));
    }
    if (state.ended) {
        return nullptr;
    }
    state.item = DirEntry(entry, state.directory.as_handle(), state.path);
    return &state.item;
}

bool ReadDir::is_buffered() const noexcept {
    native::DirectoryRecords records = state_->records;
    native::DirectoryEntry entry;
    return !state_->ended && records.next(entry);
}

Entries<ReadDir> ReadDir::open(sys::BorrowedHandle at, PathRef path) noexcept {
    native::Directory directory = WELD_TRY(during(
        "read_dir", path, [&](sys::CStr c_path) { return native::Directory::open(at, c_path, native::Follow::Yes); }));
    return within_memory("read_dir", [&]() -> Result<ReadDir> {
        const bool has_path = at == sys::cwd || path.view().starts_with('/');
        return ReadDir(std::make_unique<ReadDir::State>(std::move(directory), has_path ? path.view() : ""));
    });
}

Entries<ReadDir> read_dir(PathRef path) noexcept { return ReadDir::open(sys::cwd, path); }

}  // namespace weld::fs
