// SPDX-License-Identifier: MIT
#include "at.hpp"

#include "../during.hpp"
#include "file_times.hpp"
#include "look_up.hpp"
#include "open_options.hpp"

#include <weld/native/clock.hpp>
#include <weld/native/directory.hpp>
#include <weld/sys/try.hpp>
#include <weld/time.hpp>

#include <algorithm>
#include <chrono>

namespace weld::fs::at {

using namespace std::chrono_literals;

namespace {

/// Adds `wanted` to the permissions of the new directory `path`, if the umask removed them.
sys::Result<void> add_permissions(Handle at, sys::CStr path, std::uint32_t wanted) noexcept {
    native::Metadata made;
    WELD_TRY(native::metadata(at, path, native::Follow::No, made));
    const std::uint32_t mode = made.permissions().mode();
    if ((mode & wanted) == wanted) {
        return {};
    }
    return native::set_permissions(at, path, native::Follow::No, Permissions(mode | wanted));
}

/// A path whose directories are created from the front. While a prefix is in use, a NUL marks its end in the bytes.
class Prefixes {
public:
    Prefixes(Handle at, std::string_view path, std::uint32_t mode) : at_(at), text_(path), mode_(mode) {}

    /// Creates the directory that the first `size` bytes name; one that exists will do. A new directory that is to hold
    /// another one is writable for its owner, whatever the mode and the umask: as mkdir -p of POSIX.
    [[nodiscard]] sys::Result<void> make(std::size_t size) noexcept {
        const char behind = std::exchange(text_.data()[size], '\0');
        const sys::CStr path(text_.data());
        const bool is_last = size == text_.size();
        auto made = native::create_dir(at_, path, is_last ? mode_ : mode_ | write_and_search);
        if (made && !is_last) {
            made = add_permissions(at_, path, write_and_search);
        } else if (!made && made.error() != sys::Errno::Noent) {
            native::Metadata found;
            if (native::metadata(at_, path, native::Follow::Yes, found) && found.file_type() == FileType::Directory) {
                made = {};
            }
        }
        text_.data()[size] = behind;
        return made;
    }

    /// The end of the parent of the first `size` bytes; zero when the parent is the starting point of the path.
    [[nodiscard]] std::size_t parent(std::size_t size) const noexcept {
        const auto drop = [&](bool slashes) {
            while (size != 0 && (text_[size - 1] == '/') == slashes) {
                --size;
            }
        };
        drop(true);
        drop(false);
        drop(true);
        return size;
    }

    /// The end of the component after the first `size` bytes.
    [[nodiscard]] std::size_t next(std::size_t size) const noexcept {
        const std::size_t begin = text_.find_first_not_of('/', size);
        return begin == std::string::npos ? text_.size() : std::min(text_.find('/', begin), text_.size());
    }

    /// Whether a directory on the path may be a new one of another creator, which is about to add the permissions that
    /// the umask removed: its owner may not write and search it, and it was modified a moment ago.
    [[nodiscard]] bool may_be_in_the_making() noexcept {
        native::Metadata found;
        for (std::size_t size = next(0);; size = next(size)) {
            const char behind = std::exchange(text_.data()[size], '\0');
            const auto looked = native::metadata(at_, sys::CStr(text_.data()), native::Follow::Yes, found);
            text_.data()[size] = behind;
            if (!looked || (found.permissions().mode() & write_and_search) != write_and_search) {
                return looked && is_recent(found.modified());
            }
            if (size == text_.size()) {
                return false;
            }
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }

private:
    static constexpr std::uint32_t write_and_search = 0300;

    [[nodiscard]] static bool is_recent(native::Timestamp when) noexcept {
        const auto present = std::chrono::floor<std::chrono::seconds>(native::now(native::Clock::Realtime)).count();
        return when.seconds >= present - 1 && when.seconds <= present + 1;
    }

    Handle at_;
    std::string text_;
    std::uint32_t mode_;
};

sys::Result<void> make_all(Prefixes& path) noexcept {
    std::size_t made = path.size();
    for (;;) {
        const auto done = path.make(made);
        if (done) {
            break;
        }
        if (done.error() != sys::Errno::Noent) {
            return done;
        }
        const std::size_t parent = path.parent(made);
        if (parent == 0) {
            return done;  // the starting point of the path is gone
        }
        made = parent;
    }
    while (made < path.size()) {
        made = path.next(made);
        if (const auto done = path.make(made); !done) {
            return done;
        }
    }
    return {};
}

/// As `make_all`, beside others that create the same directories under a umask that takes permissions from their owner.
/// Until they have added those, a new directory refuses everybody.
sys::Result<void> make_all_with_others(Prefixes& path) noexcept {
    constexpr int most_waits = 250;    // of a millisecond: the other creator may be preempted
    constexpr int most_finished = 10;  // tries that were refused by a directory that looks finished when asked
    for (int waits = 0, finished = 0;;) {
        const auto done = make_all(path);
        if (done || done.error() != sys::Errno::Acces) {
            return done;
        }
        if (!path.may_be_in_the_making()) {
            if (++finished > most_finished) {
                return done;
            }
        } else if (++waits > most_waits) {
            return done;
        } else {
            native::sleep_until(time::deadline_after(1ms));
        }
    }
}

}  // namespace

Result<File> open_file(Handle at, PathRef path, const OpenOptions& options) noexcept {
    auto opened = during("open", path, [&](sys::CStr c_path) { return native::File::open(at, c_path, options); });
    return File::from_handle(WELD_TRY(explained(std::move(opened), options)).into_handle());
}

Result<native::Directory> open_dir(Handle at, PathRef path) noexcept {
    return during("open", path, [&](sys::CStr c_path) {
        auto opened = native::Directory::open(at, c_path, native::Follow::Yes);
        if (!opened && opened.error() == sys::Errno::Acces) {
            opened = native::Directory::open_to_search(at, c_path, native::Follow::Yes);
        }
        return opened;
    });
}

Result<Metadata> metadata(Handle at, PathRef path, native::Follow follow) noexcept {
    return look_up([&](native::Metadata& target) {
        return with_cstr(path, [&](sys::CStr c_path) { return native::metadata(at, c_path, follow, target); });
    });
}

Result<void> create_dir(Handle at, PathRef path, std::uint32_t mode) noexcept {
    return during("create_dir", path, [&](sys::CStr c_path) { return native::create_dir(at, c_path, mode); });
}

Result<void> create_own_dir(Handle at, PathRef path, std::uint32_t mode) noexcept {
    constexpr std::uint32_t owner = 0700;
    return during("create_dir", path, [&](sys::CStr c_path) -> sys::Result<void> {
        WELD_TRY(native::create_dir(at, c_path, mode | owner));
        const auto done = add_permissions(at, c_path, owner);
        if (!done) {
            (void)native::remove_dir(at, c_path);
        }
        return done;
    });
}

Result<void> create_dir_all(Handle at, PathRef path, std::uint32_t mode) noexcept {
    std::string_view text = path.view();
    if (text.empty()) {
        return {};
    }
    while (text.size() > 1 && text.ends_with('/')) {
        text.remove_suffix(1);  // a trailing slash would count as another component
    }
    if (text.find('\0') != std::string_view::npos) {
        return std::unexpected(Error("create_dir_all", Fault::NulInPath));
    }
    return within_memory("create_dir_all", [&] {
        Prefixes prefixes(at, text, mode);
        return during("create_dir_all", make_all_with_others(prefixes));
    });
}

Result<void> remove_file(Handle at, PathRef path) noexcept {
    return during("remove_file", path, [&](sys::CStr c_path) { return native::remove_file(at, c_path); });
}

Result<void> remove_dir(Handle at, PathRef path) noexcept {
    return during("remove_dir", path, [&](sys::CStr c_path) { return native::remove_dir(at, c_path); });
}

Result<void> rename(Handle from_at, PathRef from, Handle to_at, PathRef to) noexcept {
    return during("rename", from, [&](sys::CStr c_from) {
        return with_cstr(to, [&](sys::CStr c_to) { return native::rename(from_at, c_from, to_at, c_to); });
    });
}

Result<void> hard_link(Handle from_at, PathRef from, Handle to_at, PathRef to) noexcept {
    return during("hard_link", from, [&](sys::CStr c_from) {
        return with_cstr(to, [&](sys::CStr c_to) { return native::hard_link(from_at, c_from, to_at, c_to); });
    });
}

Result<void> symlink(PathRef target, Handle at, PathRef path) noexcept {
    return during("symlink", target, [&](sys::CStr c_target) {
        return with_cstr(path, [&](sys::CStr c_path) { return native::symlink(c_target, at, c_path); });
    });
}

Result<std::string> read_link(Handle at, PathRef path) noexcept {
    constexpr std::size_t first_guess = 256;
    return within_memory("read_link", [&]() -> Result<std::string> {
        std::string target;
        for (std::size_t room = first_guess;; room *= 2) {
            target.resize(room);
            const std::size_t size = WELD_TRY(
                during("read_link", path, [&](sys::CStr c_path) { return native::read_link(at, c_path, target); }));
            if (size < room) {
                target.resize(size);
                return target;
            }
        }
    });
}

Answer<bool> exists(Handle at, PathRef path) noexcept {
    native::Metadata ignored;
    const auto found =
        with_cstr(path, [&](sys::CStr c_path) { return native::metadata(at, c_path, native::Follow::Yes, ignored); });
    if (!found && found.error() == sys::Errno::Noent) {
        return false;
    }
    if (!found) {
        return std::unexpected(failure("exists", found.error()));
    }
    return true;
}

Result<void> set_permissions(Handle at, PathRef path, Permissions permissions) noexcept {
    return during("set_permissions", path, [&](sys::CStr c_path) {
        return native::set_permissions(at, c_path, native::Follow::Yes, permissions);
    });
}

Result<void> set_times(Handle at, PathRef path, native::Follow follow, const FileTimes& times) noexcept {
    return during("set_times", path,
                  [&](sys::CStr c_path) { return native::set_times(at, c_path, follow, to_native(times)); });
}

}  // namespace weld::fs::at
