// SPDX-License-Identifier: MIT
#include <weld/native/parallelism.hpp>

#include "cpu_mask.hpp"

#include <weld/native/directory.hpp>
#include <weld/native/file.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string_view>

namespace weld::native {

namespace {

constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

// Small, since this may run on the smallest stack.
constexpr std::size_t longest_path = 1024;
constexpr std::size_t longest_line = 1024;

/// A path that is joined on the stack; empty when it did not fit.
class PathBuffer {
public:
    PathBuffer& operator<<(std::string_view part) noexcept {
        if (part.size() >= text_.size() - size_) {
            size_ = 0;
            fits_ = false;
        }
        if (fits_) {
            std::copy_n(part.data(), part.size(), text_.data() + size_);
            size_ += part.size();
        }
        text_[size_] = '\0';
        return *this;
    }

    [[nodiscard]] sys::CStr c_path() const noexcept { return sys::CStr(text_.data()); }

private:
    std::array<char, longest_path> text_;
    std::size_t size_ = 0;
    bool fits_ = true;
};

/// The content of the file `path`, cut to the size of `buffer`; empty when it cannot be read.
std::string_view read_small(sys::BorrowedHandle root, sys::CStr path, std::span<char> buffer) noexcept {
    const auto file = File::open(root, path, {.read = true});
    if (!file) {
        return {};
    }
    std::size_t size = 0;
    while (size < buffer.size()) {
        const auto count = file->read(std::as_writable_bytes(buffer.subspan(size)));
        if (!count || *count == 0) {
            break;
        }
        size += *count;
    }
    return {buffer.data(), size};
}

std::optional<std::int64_t> parse(std::string_view text) noexcept {
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{}) {
        return std::nullopt;
    }
    return number;
}

std::size_t to_cpus(std::optional<std::int64_t> quota, std::optional<std::int64_t> period) noexcept {
    if (!quota || !period || *quota <= 0 || *period <= 0) {
        return unlimited;
    }
    return static_cast<std::size_t>((*quota - 1) / *period + 1);
}

/// cgroup v2: "max 100000", or "150000 100000" for one and a half CPUs.
std::size_t limit_v2(sys::BorrowedHandle root, std::string_view group) noexcept {
    PathBuffer path;
    path << "sys/fs/cgroup" << group << "/cpu.max";
    std::array<char, 64> buffer;
    const std::string_view text = read_small(root, path.c_path(), buffer);
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos) {
        return unlimited;
    }
    return to_cpus(parse(text.substr(0, space)), parse(text.substr(space + 1)));
}

/// cgroup v1: one number in each file, -1 for no quota.
std::size_t limit_v1(sys::BorrowedHandle root, std::string_view controllers, std::string_view group) noexcept {
    const auto number = [&](std::string_view name) {
        PathBuffer path;
        path << "sys/fs/cgroup/" << controllers << group << name;
        std::array<char, 32> buffer;
        return parse(read_small(root, path.c_path(), buffer));
    };
    return to_cpus(number("/cpu.cfs_quota_us"), number("/cpu.cfs_period_us"));
}

/// The least of `limit` for `group`, "/a/b", and for each of its ancestors.
template <class Limit>
std::size_t least_upwards(std::string_view group, Limit limit) noexcept {
    std::size_t least = unlimited;
    while (!group.empty() && group != "/") {
        least = std::min(least, limit(group));
        const std::size_t slash = group.rfind('/');
        group = group.substr(0, slash == std::string_view::npos ? 0 : slash);
    }
    return std::min(least, limit(std::string_view{}));
}

bool lists_cpu(std::string_view controllers) noexcept {
    while (!controllers.empty()) {
        const std::size_t comma = controllers.find(',');
        if (controllers.substr(0, comma) == "cpu") {
            return true;
        }
        controllers = comma == std::string_view::npos ? std::string_view{} : controllers.substr(comma + 1);
    }
    return false;
}

/// One line of /proc/self/cgroup: `hierarchy:controllers:group`, the controllers empty for v2.
std::size_t limit_of_line(sys::BorrowedHandle root, std::string_view line) noexcept {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) {
        return unlimited;
    }
    const std::string_view controllers = line.substr(first + 1, second - first - 1);
    const std::string_view group = line.substr(second + 1);
    if (controllers.empty()) {
        return least_upwards(group, [&](std::string_view at) { return limit_v2(root, at); });
    }
    if (lists_cpu(controllers)) {
        return least_upwards(group, [&](std::string_view at) { return limit_v1(root, controllers, at); });
    }
    return unlimited;
}

/// CPUs in the affinity mask.
std::size_t affinity_count() noexcept {
    const auto mask = CpuMask::current();
    return mask ? mask->count() : 1;
}

}  // namespace

std::size_t cgroup_cpu_limit(sys::BorrowedHandle root) noexcept {
    const auto file = File::open(root, sys::CStr("proc/self/cgroup"), {.read = true});
    std::size_t least = unlimited;
    std::array<char, longest_line> buffer;
    std::size_t kept = 0;  // bytes of a line whose end has not been read yet
    while (file) {
        const auto count = file->read(std::as_writable_bytes(std::span(buffer).subspan(kept)));
        std::string_view text(buffer.data(), kept + count.value_or(0));
        for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
            least = std::min(least, limit_of_line(root, text.substr(0, end)));
            text.remove_prefix(end + 1);
        }
        if (count.value_or(0) == 0) {
            return std::min(least, limit_of_line(root, text));
        }
        // A line longer than the buffer names a group whose path would not fit here in any case.
        kept = text.size() == buffer.size() ? 0 : text.size();
        std::copy_n(text.data(), kept, buffer.data());
    }
    return least;
}

std::size_t available_parallelism() noexcept {
    const std::size_t cpus = std::max<std::size_t>(affinity_count(), 1);
    const auto root = Directory::open(sys::cwd, sys::CStr("/"), Follow::Yes);
    return root ? std::min(cpus, cgroup_cpu_limit(root->as_handle())) : cpus;
}

}  // namespace weld::native
