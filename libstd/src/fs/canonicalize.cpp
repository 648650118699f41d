// SPDX-License-Identifier: MIT
//
// canonicalize: by realpath(3), or component by component where a path on the way is longer than a system call takes.
#include "../during.hpp"
#include "at.hpp"

#include <weld/env.hpp>
#include <weld/fs/names.hpp>
#include <weld/native/directory.hpp>
#include <weld/sys/try.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace weld::fs {

namespace {

constexpr int most_links = 40;  // as Linux follows

/// Follows a path through open directories, each opened from the one before.
class Steps {
public:
    Result<std::string> to(std::string_view path);

private:
    Result<void> start(std::string_view path);
    Result<void> step(std::string_view name, bool is_last);
    Result<void> enter(PathRef name);
    Result<void> step_up();

    std::optional<native::Directory> directory_;
    std::string done_;  // the path of `directory_` and a name in it; empty is the root
    std::string rest_;
    int links_ = 0;
};

Result<void> Steps::enter(PathRef name) {
    const at::Handle from = directory_ ? directory_->as_handle() : sys::cwd;
    directory_ = WELD_TRY(during("canonicalize", name, [&](sys::CStr c_name) {
        return native::Directory::open_to_search(from, c_name, native::Follow::No);
    }));
    return {};
}

Result<void> Steps::start(std::string_view path) {
    const bool is_absolute = path.starts_with('/');
    if (is_absolute || !directory_) {
        done_ = is_absolute ? std::string() : WELD_TRY(env::current_dir());
        done_ = done_ == "/" ? std::string() : done_;
        return enter(is_absolute ? "/" : ".");
    }
    return {};
}

Result<void> Steps::step_up() {
    done_.resize(std::min(done_.rfind('/'), done_.size()));
    return enter("..");
}

Result<void> Steps::step(std::string_view name, bool is_last) {
    if (name == "..") {
        return step_up();
    }
    const std::string text(name);
    const auto link = at::read_link(directory_->as_handle(), text);  // NOLINT(bugprone-unchecked-optional-access)
    if (link) {
        if (++links_ > most_links) {
            return std::unexpected(Error("canonicalize", sys::Errno::Loop));
        }
        std::string rest = *link;
        rest.append("/").append(rest_);
        rest_ = std::move(rest);
        return start(*link);
    }
    if (link.error() != Kind::InvalidInput) {
        return std::unexpected(Error("canonicalize", static_cast<sys::Errno>(link.error().code())));
    }
    done_.append("/").append(text);
    return is_last ? Result<void>() : enter(text);
}

Result<std::string> Steps::to(std::string_view path) {
    rest_ = path;
    WELD_TRY(start(path));
    for (;;) {
        const std::size_t begin = rest_.find_first_not_of('/');
        if (begin == std::string::npos) {
            return done_.empty() ? "/" : done_;
        }
        const std::size_t end = std::min(rest_.find('/', begin), rest_.size());
        const std::string name = rest_.substr(begin, end - begin);
        rest_.erase(0, end);
        if (name != ".") {
            WELD_TRY(step(name, rest_.empty()));
        }
    }
}

}  // namespace

Result<std::string> canonicalize(PathRef path) noexcept {
    return within_memory("canonicalize", [&]() -> Result<std::string> {
        std::array<char, longest_path> found;
        const auto size =
            during("canonicalize", path, [&](sys::CStr c_path) { return native::canonicalize(c_path, found); });
        if (!size && size.error() == Kind::InvalidFilename && path.view().size() < longest_path) {
            return Steps().to(path.view());
        }
        return std::string(found.data(), WELD_TRY(size));
    });
}

}  // namespace weld::fs
