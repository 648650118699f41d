// SPDX-License-Identifier: MIT
//
// peer: the dispatch race in Go, standard library only.
//
// Takes the same command line and prints the same line as the contenders in C.

package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func opened(path string, flags int) *os.File {
	file, err := os.OpenFile(path, flags, 0)
	must(err)
	return file
}

func call(operation string) func() int {
	buffer := make([]byte, 1)
	switch operation {
	case "read":
		file := opened("/dev/zero", os.O_RDONLY)
		return func() int {
			count, err := file.Read(buffer)
			must(err)
			return count
		}
	case "write":
		file := opened("/dev/null", os.O_WRONLY)
		return func() int {
			count, err := file.Write(buffer)
			must(err)
			return count
		}
	case "stat":
		return func() int {
			found, err := os.Stat("/dev/null")
			must(err)
			return int(found.Mode() & os.ModeCharDevice / os.ModeCharDevice)
		}
	case "fail":
		return func() int {
			if _, err := os.Stat("/nowhere"); err == nil {
				return 0
			}
			return 1
		}
	case "open-close":
		return func() int {
			must(opened("/dev/null", os.O_RDONLY).Close())
			return 1
		}
	case "print":
		os.Stdout = opened("/dev/null", os.O_WRONLY)
		return func() int {
			_, err := fmt.Println("hello, world")
			must(err)
			return 1
		}
	}
	fmt.Fprintln(os.Stderr, "no operation", operation)
	os.Exit(2)
	return nil
}

func main() {
	ops, divide, operation := 1, 1, ""
	for i := 1; i < len(os.Args); i++ {
		argument := os.Args[i]
		if argument != "--ops" && argument != "--divide" {
			operation = strings.TrimPrefix(argument, "--")
			continue
		}
		i++
		number, err := strconv.Atoi(os.Args[i])
		must(err)
		if argument == "--ops" {
			ops = number
		} else {
			divide = number
		}
	}
	if ops /= divide; ops == 0 {
		ops = 1
	}
	line := os.Stdout
	run, sum := call(operation), 0
	start := time.Now()
	for op := 0; op < ops; op++ {
		sum += run()
	}
	ns := time.Since(start).Nanoseconds()
	fmt.Fprintf(line, "{\"ops\": %d, \"ns\": %d, \"sum\": %d}\n", ops, ns, sum)
}
