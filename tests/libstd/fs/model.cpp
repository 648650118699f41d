// SPDX-License-Identifier: MIT
//
// A file is compared with a model in memory over random operations, as fsx does it.
#include <support/soak.hpp>
#include <support/words.hpp>

#include <weld/fs.hpp>
#include <weld/io.hpp>
#include <weld/io/copy.hpp>
#include <weld/io/take.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>

namespace fs = weld::fs;
namespace io = weld::io;
using test::bytes;
using test::must;

namespace {

constexpr std::size_t most = 300'000;  // bytes of the file
constexpr std::size_t piece = 70'000;  // at a time

/// The file and its model.
class Pair {
public:
    Pair(const std::string& path, std::uint64_t seed)
        : path_(path),
          file_(must(fs::File::open(path, {.read = true, .write = true, .truncate = true, .create = true}))),
          random_(seed) {}

    /// Applies one random operation to both; returns whether they agree.
    bool step() {
        switch (pick(12)) {
            case 0: return read();
            case 1: return write();
            case 2: return read_at();
            case 3: return write_at();
            case 4: return seek();
            case 5: return set_len();
            case 6: return read_vectored();
            case 7: return write_vectored();
            case 8: return allocate();
            case 9: return copy_within();
            case 10: return data_and_holes();
            default: return whole();
        }
    }

    /// A description of the last step, for the report of a failure.
    [[nodiscard]] const std::string& last() const { return last_; }

private:
    std::size_t pick(std::size_t below) { return static_cast<std::size_t>(random_() % below); }

    std::string some(std::size_t size) {
        std::string text(size, '\0');
        for (char& byte : text) {
            byte = static_cast<char>(random_());
        }
        return text;
    }

    /// At most `count` bytes of the model from `offset`.
    [[nodiscard]] std::string_view part(std::size_t offset, std::size_t count) const {
        return offset < model_.size() ? std::string_view(model_).substr(offset, count) : std::string_view();
    }

    void put(std::size_t offset, std::string_view text) {
        if (!text.empty() && model_.size() < offset + text.size()) {
            model_.resize(offset + text.size());
        }
        std::ranges::copy(text, model_.begin() + static_cast<std::ptrdiff_t>(text.empty() ? 0 : offset));
    }

    bool note(const char* what, std::size_t offset, std::size_t size) {
        last_ = std::string(what) + " at " + std::to_string(offset) + ", " + std::to_string(size);
        return true;
    }

    bool read() {
        std::string target(pick(piece), '\0');
        note("read", position_, target.size());
        const std::size_t count = must(file_.read(std::as_writable_bytes(std::span(target))));
        const bool same = target.substr(0, count) == part(position_, target.size());
        position_ += count;
        return same;
    }

    bool write() {
        const std::string text = some(pick(std::min(piece, most - std::min(most, position_)) + 1));
        note("write", position_, text.size());
        must(weld::write_all(file_, bytes(text)));
        put(position_, text);
        position_ += text.size();
        return true;
    }

    bool read_at() {
        const std::size_t offset = pick(most);
        std::string target(pick(piece), '\0');
        note("read_at", offset, target.size());
        const std::size_t count = must(file_.read_at(std::as_writable_bytes(std::span(target)), offset));
        return target.substr(0, count) == part(offset, target.size());
    }

    bool write_at() {
        const std::size_t offset = pick(most - piece);
        const std::string text = some(pick(piece));
        note("write_at", offset, text.size());
        must(weld::write_all_at(file_, bytes(text), offset));
        put(offset, text);
        return true;
    }

    bool seek() {
        const auto from = std::array{fs::SeekFrom::Start, fs::SeekFrom::Current, fs::SeekFrom::End}[pick(3)];
        const std::size_t base = from == fs::SeekFrom::Start     ? 0
                                 : from == fs::SeekFrom::Current ? position_
                                                                 : model_.size();
        const auto offset = static_cast<std::int64_t>(pick(most)) - static_cast<std::int64_t>(base);
        note("seek", base, static_cast<std::size_t>(offset));
        const auto moved = file_.seek(from, offset);
        position_ = static_cast<std::size_t>(static_cast<std::int64_t>(base) + offset);
        return moved && *moved == position_;
    }

    bool set_len() {
        const std::size_t size = pick(most);
        note("set_len", 0, size);
        must(file_.set_len(size));
        model_.resize(size);
        return must(file_.metadata()).len() == size;
    }

    bool read_vectored() {
        std::string first(pick(5000), '\0');
        std::string second(pick(5000), '\0');
        note("read_vectored", position_, first.size() + second.size());
        const std::array<fs::IoSliceMut, 2> targets{std::as_writable_bytes(std::span(first)),
                                                    std::as_writable_bytes(std::span(second))};
        const std::size_t count = must(file_.read_vectored(targets));
        const std::string all = (first + second).substr(0, count);
        const bool same = all == part(position_, first.size() + second.size());
        position_ += count;
        return same;
    }

    bool write_vectored() {
        const std::size_t offset = pick(most - piece);
        const std::string first = some(pick(5000));
        const std::string second = some(pick(5000));
        note("write_vectored", offset, first.size() + second.size());
        const std::array<fs::IoSlice, 2> sources{bytes(first), bytes(second)};
        if (must(file_.write_vectored_at(sources, offset)) != first.size() + second.size()) {
            return false;
        }
        put(offset, first + second);
        return true;
    }

    bool allocate() {
        const std::size_t offset = pick(most - piece);
        const std::size_t size = pick(piece) + 1;
        note("allocate", offset, size);
        const auto done = file_.allocate(offset, size);
        if (!done) {
            return done.error() == weld::Kind::Unsupported;
        }
        model_.resize(std::max(model_.size(), offset + size));
        return true;
    }

    /// Copies from one part of the file to another that does not overlap it, by a second handle.
    bool copy_within() {
        const std::size_t size = pick(20'000);
        const std::size_t from = pick(most / 2 - size);
        const std::size_t to = most / 2 + pick(most / 2 - size);
        note("copy", from, size);
        const auto source = must(fs::File::open(path_));
        must(source.seek(fs::SeekFrom::Start, static_cast<std::int64_t>(from)));
        must(file_.seek(fs::SeekFrom::Start, static_cast<std::int64_t>(to)));
        const std::string text(part(from, size));
        io::Take<const fs::File&> limited(source, text.size());  // the copy itself may make the file longer
        const bool same = must(io::copy(limited, file_)) == text.size();
        put(to, text);
        position_ = to + text.size();
        return same;
    }

    /// Where the system reports a hole, the model has zeros; the position is where seek_data or seek_hole found a
    /// match.
    bool data_and_holes() {
        const std::size_t offset = pick(most);
        note("seek_data", offset, 0);
        const auto data = must(file_.seek_data(offset));
        if (offset >= model_.size()) {
            return !data && !must(file_.seek_hole(offset));
        }
        const std::size_t until = data ? static_cast<std::size_t>(*data) : model_.size();
        const std::string_view hole = part(offset, until - offset);
        position_ = data ? until : position_;
        const auto end = must(file_.seek_hole(offset));
        position_ = end ? static_cast<std::size_t>(*end) : position_;
        return until >= offset && hole.find_first_not_of('\0') == std::string_view::npos && end && *end >= offset;
    }

    bool whole() {
        note("whole", 0, model_.size());
        return must(fs::read_to_string(path_)) == model_;
    }

    std::string path_;
    fs::File file_;
    std::string model_;
    std::size_t position_ = 0;
    std::mt19937_64 random_;
    std::string last_;
};

}  // namespace

TEST_CASE("a file equals its model after any sequence of operations, as in fsx", "[soak]") {
    const test::TempDir dir;
    const auto end = std::chrono::steady_clock::now() + test::soak_time();
    std::uint64_t seed = test::soak_time().count() == 0 ? 1 : std::random_device()();
    do {
        INFO("seed " << seed);
        Pair pair(dir / "file", seed);
        for (int step = 0; step < (test::is_slow ? 200 : 2000); ++step) {
            if (!pair.step()) {
                FAIL("step " << step << ": " << pair.last());
            }
        }
        ++seed;
    } while (std::chrono::steady_clock::now() < end);
    SUCCEED();
}
