// SPDX-License-Identifier: MIT
//
// statx_fallback [refused]: weld's metadata against the C library's stat, file by file.
//
// With "refused" the tracer makes statx(2) fail in this process: the results are the same, except that no birth time is
// known. Prints each difference; exit status 1 when there is one.
#include <weld/fs.hpp>
#include <weld/os/unix.hpp>

#include <sys/stat.h>
#include <unistd.h>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

namespace fs = weld::fs;
namespace os = weld::os;

bool differs = false;

void expect(bool holds, const std::string& path, const char* what) {
    if (!holds) {
        std::printf("%s: %s\n", path.c_str(), what);
        differs = true;
    }
}

weld::time::SystemTime time_of(const timespec& time) {
    return weld::time::SystemTime(std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec));
}

fs::FileType type_of(mode_t mode) {
    switch (mode & S_IFMT) {
        case S_IFREG: return fs::FileType::File;
        case S_IFDIR: return fs::FileType::Directory;
        case S_IFLNK: return fs::FileType::Symlink;
        case S_IFCHR: return fs::FileType::CharDevice;
        case S_IFBLK: return fs::FileType::BlockDevice;
        case S_IFIFO: return fs::FileType::Fifo;
        case S_IFSOCK: return fs::FileType::Socket;
        default: return fs::FileType::Unknown;
    }
}

void compare(const std::string& path, const weld::Result<fs::Metadata>& found, const struct stat& stat, bool refused) {
    expect(found.has_value(), path, "weld finds it not");
    if (!found) {
        return;
    }
    expect(found->file_type() == type_of(stat.st_mode), path, "type");
    expect(found->len() == static_cast<std::uint64_t>(stat.st_size), path, "size");
    expect(found->modified() == time_of(stat.st_mtim), path, "time of modification");
    expect(found->accessed() == time_of(stat.st_atim), path, "time of access");
    expect(os::ino(*found) == stat.st_ino, path, "inode");
    expect(os::dev(*found) == stat.st_dev, path, "device");
    expect(os::mode(*found) == stat.st_mode, path, "mode");
    expect(os::nlink(*found) == stat.st_nlink, path, "links");
    expect(os::uid(*found) == stat.st_uid && os::gid(*found) == stat.st_gid, path, "owner");
    expect(os::blocks(*found) == static_cast<std::uint64_t>(stat.st_blocks), path, "blocks");
    if (refused) {
        const auto created = found->created();
        expect(!created && created.error().kind() == weld::Kind::Unsupported, path, "a birth time from nowhere");
    }
}

void compare_all(const std::string& path, bool refused) {
    struct stat stat{};
    if (::lstat(path.c_str(), &stat) == 0) {
        compare(path, fs::symlink_metadata(path), stat, refused);
    }
    if (::stat(path.c_str(), &stat) == 0) {
        compare(path, fs::metadata(path), stat, refused);
    }
    if (S_ISREG(stat.st_mode)) {
        const auto file = fs::File::open(path);
        expect(file.has_value(), path, "cannot be opened");
        compare(path, file ? file->metadata() : std::unexpected(file.error()), stat, refused);
    }
}

}  // namespace

int main(int argc, char** argv) {
    const bool refused = argc > 1 && std::strcmp(argv[1], "refused") == 0;
    char place[] = "/tmp/weld-statx-XXXXXX";
    const char* made = ::mkdtemp(place);
    if (made == nullptr) {
        return 2;
    }
    const std::string directory = made;
    expect(fs::write(directory + "/file", "twelve bytes").has_value(), directory, "cannot be written to");
    expect(::symlink("file", (directory + "/link").c_str()) == 0, directory, "symlink");
    expect(::mkfifo((directory + "/fifo").c_str(), 0640) == 0, directory, "mkfifo");
    for (const char* name : {"", "/file", "/link", "/fifo"}) {
        compare_all(directory + name, refused);
    }
    for (const char* path : {"/", "/dev/null", "/proc/self/status"}) {
        compare_all(path, refused);
    }
    expect(fs::metadata("/nowhere").error().kind() == weld::Kind::NotFound, "/nowhere", "is not NotFound");
    expect(fs::metadata(directory + "/file/x").error().kind() == weld::Kind::NotADirectory, directory, "/file/x");
    for (const char* name : {"/file", "/link", "/fifo"}) {
        expect(fs::remove_file(directory + name).has_value(), directory, "is not cleared");
    }
    expect(fs::remove_dir(directory).has_value(), directory, "is not removed");
    return differs ? 1 : 0;
}
