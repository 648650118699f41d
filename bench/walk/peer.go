// SPDX-License-Identifier: MIT
//
// peer: the walk race in Go, standard library only: filepath.WalkDir, Info on every entry.
//
// Takes the same command line and prints the same line as the contenders in C.

package main

import (
	"flag"
	"fmt"
	"io/fs"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	repeat := flag.Int("repeat", 1, "walks of the tree")
	flag.Parse()

	var count, failed, size, ino, fileSize uint64
	visit := func(_ string, entry fs.DirEntry, err error) error {
		if err != nil { // an entry that was counted before, or a missing root
			failed++
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			failed++
			return nil
		}
		count++
		size += uint64(info.Size())
		ino += info.Sys().(*syscall.Stat_t).Ino
		if info.Mode().IsRegular() {
			fileSize += uint64(info.Size())
		}
		return nil
	}

	start := time.Now()
	for pass := 0; pass < *repeat; pass++ {
		filepath.WalkDir(flag.Arg(0), visit)
	}
	ns := time.Since(start).Nanoseconds()

	fmt.Printf("{\"ops\": %d, \"ns\": %d, \"count\": %d, \"failed\": %d, \"sum_size\": %d, \"sum_ino\": %d, \"sum_file_size\": %d}\n",
		count, ns, count, failed, size, ino, fileSize)
}
