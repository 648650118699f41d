// SPDX-License-Identifier: MIT
//
// peer: the files race in Go, standard library only.
//
// Takes the same command line and prints the same line as the contenders in C. An operation removes what it creates.

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const size = 64 << 20
const width = 100

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func opened(path string, flags int) *os.File {
	file, err := os.OpenFile(path, flags, 0666)
	must(err)
	return file
}

func inPlace(file *os.File, ops int, call func([]byte) (int, error), buffer []byte) (int64, int) {
	sum, position := 0, 0
	start := time.Now()
	for op := 0; op < ops; op++ {
		count, err := call(buffer)
		must(err)
		sum += count
		position += count
		if position == size {
			position = 0
			_, err := file.Seek(0, 0)
			must(err)
		}
	}
	return time.Since(start).Nanoseconds(), sum
}

func atOffset(ops int, call func([]byte, int64) (int, error), buffer []byte) (int64, int) {
	sum := 0
	start := time.Now()
	for op := 0; op < ops; op++ {
		count, err := call(buffer, int64(sum%size))
		must(err)
		sum += count
	}
	return time.Since(start).Nanoseconds(), sum
}

func openClose(path string, ops int) (int64, int) {
	start := time.Now()
	for op := 0; op < ops; op++ {
		opened(path, os.O_RDONLY).Close()
	}
	return time.Since(start).Nanoseconds(), ops
}

func wholeRead(path string, ops int) (int64, int) {
	sum := 0
	start := time.Now()
	for op := 0; op < ops; op++ {
		contents, err := os.ReadFile(path)
		must(err)
		sum += len(contents)
	}
	return time.Since(start).Nanoseconds(), sum
}

func createRemove(parent string, ops int) (int64, int) {
	must(os.Mkdir(parent, 0777))
	names := make([]string, ops)
	for op := range names {
		names[op] = filepath.Join(parent, strconv.Itoa(op))
	}
	start := time.Now()
	for _, name := range names {
		opened(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC).Close()
	}
	for _, name := range names {
		must(os.Remove(name))
	}
	ns := time.Since(start).Nanoseconds()
	must(os.Remove(parent))
	return ns, ops
}

func removeDirAll(root string, files int) (int64, int) {
	entries := files + 1
	for i := 0; i < files; i++ {
		directory := filepath.Join(root, strconv.Itoa(i/width))
		if i%width == 0 {
			must(os.MkdirAll(directory, 0777))
			entries++
		}
		opened(filepath.Join(directory, strconv.Itoa(i%width)), os.O_WRONLY|os.O_CREATE).Close()
	}
	start := time.Now()
	must(os.RemoveAll(root))
	return time.Since(start).Nanoseconds(), entries
}

func main() {
	ops, divide, operation, dir := 1, 1, "", "."
	for i := 1; i < len(os.Args); i++ {
		argument := os.Args[i]
		switch {
		case argument == "--ops" || argument == "--divide":
			i++
			number, err := strconv.Atoi(os.Args[i])
			must(err)
			if argument == "--ops" {
				ops = number
			} else {
				divide = number
			}
		case strings.HasPrefix(argument, "--"):
			operation = argument[2:]
		default:
			dir = argument
		}
	}
	if ops /= divide; ops == 0 {
		ops = 1
	}
	block := 1
	if strings.HasSuffix(operation, "-64k") {
		block = 65536
	}
	buffer := bytes.Repeat([]byte("x"), block)
	blocks, whole := filepath.Join(dir, "blocks"), filepath.Join(dir, "whole")

	var ns int64
	var sum int
	switch operation {
	case "read-1", "read-64k":
		file := opened(blocks, os.O_RDONLY)
		ns, sum = inPlace(file, ops, file.Read, buffer)
	case "write-1", "write-64k":
		file := opened(blocks, os.O_WRONLY)
		ns, sum = inPlace(file, ops, file.Write, buffer)
	case "pread-1", "pread-64k":
		ns, sum = atOffset(ops, opened(blocks, os.O_RDONLY).ReadAt, buffer)
	case "pwrite-1", "pwrite-64k":
		ns, sum = atOffset(ops, opened(blocks, os.O_WRONLY).WriteAt, buffer)
	case "open-close":
		ns, sum = openClose(whole, ops)
	case "whole-read":
		ns, sum = wholeRead(whole, ops)
	case "create-remove":
		ns, sum = createRemove(filepath.Join(dir, "own"), ops)
	case "remove-dir-all":
		ns, sum = removeDirAll(filepath.Join(dir, "tree"), ops)
		ops = sum
	default:
		fmt.Fprintln(os.Stderr, "no operation", operation)
		os.Exit(2)
	}
	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"sum\": %d}\n", ops, ns, sum)
}
