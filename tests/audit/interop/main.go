// Checks an exported log with tools that this project didn't write: golang.org/x/mod/sumdb/{note,tlog}.
// Reads a question as JSON on stdin, prints an answer as JSON, or exits 1 with the reason on stderr.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

type question struct {
	Log       string // the directory `log/` of the export
	Vkey      string
	Inclusion []struct {
		Index  int64
		Hashes []string
	}
	Consistency []struct {
		Old    int64
		Root   string
		Hashes []string
	}
}

type answer struct {
	Size   int64
	Root   string
	Vkey   string // of a key made here
	Signed string // the same head, signed with it
}

func main() {
	var asked question
	must(json.NewDecoder(os.Stdin).Decode(&asked))
	verifier, err := note.NewVerifier(asked.Vkey)
	must(err)
	text, err := os.ReadFile(filepath.Join(asked.Log, "checkpoint"))
	must(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	must(err)
	tree := head(opened.Text, verifier.Name())
	checkEntries(asked.Log, tree)
	checkProofs(asked, tree)
	made := signAgain(opened.Text, verifier.Name())
	made.Size, made.Root = tree.N, tree.Hash.String()
	must(json.NewEncoder(os.Stdout).Encode(made))
}

func head(body, origin string) tlog.Tree {
	lines := strings.Split(body, "\n")
	require(len(lines) == 4 && lines[0] == origin, "not a checkpoint of %s", origin)
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	return tlog.Tree{N: size, Hash: hash(lines[2])}
}

// checkEntries hashes the bundles' entries, and reads the tiles as authenticated by the tree.
func checkEntries(log string, tree tlog.Tree) {
	var stored memory
	reader := tlog.TileHashReader(tree, files(log))
	for n, entry := range entries(log, tree.N) {
		more, err := tlog.StoredHashes(int64(n), entry, stored)
		must(err)
		stored = append(stored, more...)
		fromTile, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, int64(n))})
		must(err)
		require(fromTile[0] == tlog.RecordHash(entry), "entry %d differs from its tile", n)
	}
	root, err := tlog.TreeHash(tree.N, stored)
	must(err)
	require(root == tree.Hash, "the entries hash to another root")
}

func checkProofs(asked question, tree tlog.Tree) {
	reader := tlog.TileHashReader(tree, files(asked.Log))
	all := entries(asked.Log, tree.N)
	for _, given := range asked.Inclusion {
		proof := tlog.RecordProof(hashes(given.Hashes))
		must(tlog.CheckRecord(proof, tree.N, tree.Hash, given.Index, tlog.RecordHash(all[given.Index])))
		ours, err := tlog.ProveRecord(tree.N, given.Index, reader)
		must(err)
		require(fmt.Sprint(ours) == fmt.Sprint(proof), "another proof of entry %d", given.Index)
	}
	for _, given := range asked.Consistency {
		proof := tlog.TreeProof(hashes(given.Hashes))
		must(tlog.CheckTree(proof, tree.N, tree.Hash, given.Old, hash(given.Root)))
		ours, err := tlog.ProveTree(tree.N, given.Old, reader)
		must(err)
		require(fmt.Sprint(ours) == fmt.Sprint(proof), "another proof of size %d", given.Old)
	}
}

func signAgain(body, name string) answer {
	skey, vkey, err := note.GenerateKey(nil, name)
	must(err)
	signer, err := note.NewSigner(skey)
	must(err)
	signed, err := note.Sign(&note.Note{Text: body}, signer)
	must(err)
	return answer{Vkey: vkey, Signed: string(signed)}
}

// entries reads the bundles, which sumdb doesn't know: a big-endian uint16 length before each.
func entries(log string, size int64) [][]byte {
	var all [][]byte
	for start := int64(0); start < size; start += 1 << height {
		tile := tlog.Tile{H: height, L: 0, N: start >> height, W: int(min(size-start, 1<<height))}
		data, err := os.ReadFile(filepath.Join(log, strings.Replace(tile.Path(), "tile/8/0/", "tile/entries/", 1)))
		must(err)
		for len(data) > 0 {
			end := 2 + int(binary.BigEndian.Uint16(data))
			all, data = append(all, data[2:end]), data[end:]
		}
	}
	require(int64(len(all)) == size, "%d entries, not %d", len(all), size)
	return all
}

type files string

func (f files) Height() int { return height }

func (f files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		// sumdb's paths name the height, those of tlog-tiles don't.
		path := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
		data, err := os.ReadFile(filepath.Join(string(f), path))
		if err != nil {
			return nil, err
		}
		all = append(all, data)
	}
	return all, nil
}

func (f files) SaveTiles([]tlog.Tile, [][]byte) {}

type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, index := range indexes {
		all = append(all, m[index])
	}
	return all, nil
}

func hashes(texts []string) []tlog.Hash {
	all := []tlog.Hash{}
	for _, text := range texts {
		all = append(all, hash(text))
	}
	return all
}

func hash(text string) (made tlog.Hash) {
	data, err := base64.StdEncoding.DecodeString(text)
	must(err)
	require(copy(made[:], data) == tlog.HashSize && len(data) == tlog.HashSize, "not a hash: %s", text)
	return made
}

func min(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}

func must(err error) {
	if err != nil {
		require(false, "%v", err)
	}
}

func require(holds bool, format string, args ...interface{}) {
	if !holds {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
		os.Exit(1)
	}
}
