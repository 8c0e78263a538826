package search_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/gongyi/gongyi/city/market/search"
)

var texts = []string{"电焊工 重庆渝中区朝天门码头", "焊工学徒", "仓库分拣员 京东物流", "餐厅服务员 KTV",
	"空调安装工", "会计", "叉车司机 白班", "快递分拣"}

func filled() *search.Index {
	ix := search.New()
	for n, t := range texts {
		ix.Load(int32(n), strings.Fields(t)...)
	}
	return ix
}

func numbers(s search.Set) []int {
	list := []int{}
	for n := range int32(len(texts)) {
		if s.Has(n) {
			list = append(list, int(n))
		}
	}
	return list
}

// Goal: two characters are found, pinyin and initials too, 重庆 as people say it, and one wrong
// character does not hide a text.
func TestFind(t *testing.T) {
	t.Parallel()
	ix := filled()
	for _, c := range []struct {
		q           string
		exact, near []int
	}{
		{"焊工", []int{0, 1}, nil}, {"工", []int{0, 1, 4}, nil}, {"分拣 京东", []int{2}, nil},
		{"chongqing", []int{0}, nil}, {"zhongqing", nil, []int{0}}, {"hangong", []int{0, 1}, nil},
		{"kuaiji", []int{5}, []int{7}}, {"fwy", []int{3}, nil}, {"ＫＴＶ", []int{3}, nil},
		{"ktv", []int{3}, nil},
		{"电悍工", nil, []int{0}}, {"叉车师机", nil, []int{6}}, {"分捡员", nil, []int{2}},
		{"快第", nil, []int{7}}, {"fenjan", nil, []int{2, 7}}, {"木工", nil, nil}, {"焊拣", nil, nil},
		{"电工", nil, nil}, {"空调安装", []int{4}, nil}, {"kongtiao", []int{4}, nil},
	} {
		exact, near, err := ix.Find(c.q)
		if err != nil || !slices.Equal(numbers(exact), append([]int{}, c.exact...)) ||
			!slices.Equal(numbers(near()), append([]int{}, c.near...)) {
			t.Errorf("%s: exactly %v, nearly %v, %v; want %v, %v", c.q, numbers(exact), numbers(near()), err,
				c.exact, c.near)
		}
	}
}

// Goal: however many texts hold a word, each is found, the newest too.
func TestFindsAll(t *testing.T) {
	t.Parallel()
	const many = 20_100 // more than are looked at for a near answer
	ix := search.New()
	for n := range int32(many) {
		ix.Load(n, "电焊工")
	}
	for _, q := range []string{"焊工", "电焊工", "hangong", "dhg"} {
		if exact, near, err := ix.Find(q); err != nil || exact.Len() != many || near().Len() != 0 {
			t.Errorf("%s: %d exactly, %d nearly, %v", q, exact.Len(), near().Len(), err)
		}
	}
}

// Goal: a question without a word, or too long a one, is refused.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, q := range []string{"", " ，。", strings.Repeat("工", 41), "一 二 三 四 五 六 七"} {
		if _, _, err := filled().Find(q); !errors.Is(err, search.ErrQuery) {
			t.Errorf("%q: %v", q, err)
		}
	}
}

// Goal: through many changes, while others ask, each text is found by every two of its characters,
// and one that is gone by none; what stays is found at any moment. The race detector watches.
func TestWhileChanging(t *testing.T) {
	t.Parallel()
	ix, r := search.New(), rand.New(rand.NewPCG(1, 2))
	const stays, numbers = 1_000, 300
	now := map[int32]string{}
	for n := range int32(numbers / 2) {
		now[n] = texts[int(n)%len(texts)]
		ix.Load(n, now[n])
	}
	ix.Load(stays, "重庆焊工")
	stop := make(chan bool)
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				exact, near, err := ix.Find("焊工 重庆")
				if err != nil || !exact.Has(stays) {
					t.Errorf("found %d, %v", exact.Len(), err)
					return
				}
				near()
			}
		})
	}
	for range 3_000 {
		n := int32(r.IntN(numbers))
		if r.IntN(3) == 0 {
			ix.Remove(n)
			delete(now, n)
			continue
		}
		now[n] = fmt.Sprint(texts[r.IntN(len(texts))], r.IntN(3))
		ix.Put(n, now[n])
	}
	close(stop)
	readers.Wait()
	for _, text := range texts {
		runes := []rune(strings.ReplaceAll(text, " ", ""))[:2]
		exact, _, err := ix.Find(string(runes))
		if err != nil {
			t.Fatal(err)
		}
		for n := range int32(numbers) {
			if want := strings.Contains(now[n], string(runes)); exact.Has(n) != want {
				t.Errorf("%s in %d, %q: found %v", string(runes), n, now[n], exact.Has(n))
			}
		}
	}
}

// Goal: no question breaks the index, and what is found exactly is there.
func FuzzFind(f *testing.F) {
	f.Add("焊工 重庆")
	f.Add("hg")
	ix := filled()
	f.Fuzz(func(t *testing.T, q string) {
		exact, near, err := ix.Find(q)
		if err == nil && exact.Len()+near().Len() > len(texts) {
			t.Errorf("%q finds %d and %d", q, exact.Len(), near().Len())
		}
	})
}
