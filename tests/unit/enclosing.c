/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "compare/enclosing.h"

#include "base/buf.h"

#include "tap.h"

/*
 * Each line of code begins with the name of the function that it is in, - for
 * none, up to the bar; all lines are looked for.
 */
static void
check_code(const char *code)
{
	struct slice rest = slice_str(code);
	struct slice line;
	struct slice names[64];
	struct slice all[64];
	struct buf bytes = { 0 };
	struct text text;
	size_t count = 0;

	while (count < 64 && slice_cut(&rest, '\n', &line)) {
		(void)slice_cut(&line, '|', &names[count++]);
		buf_add(&bytes, line);
		buf_add_char(&bytes, '\n');
	}
	text_init(&text, buf_slice(&bytes));
	CHECK_INT(text.count, count);
	enclosing_names(all, &text);
	for (size_t i = 0; i < count; i++) {
		struct enclosing around = { 0 };
		bool found = enclosing_find(&around, &text, i + 1);
		struct slice got = found ? around.name : slice_str("-");

		if (!CHECK(slice_equal(got, names[i])))
			printf("# line %zu: %.*s, not %.*s\n", i + 1,
			    SLICE_ARG(got), SLICE_ARG(names[i]));
		CHECK(found ? slice_equal(all[i], got) : all[i].len == 0);
		CHECK(!found || (around.first <= i + 1 && i < around.last));
	}
	text_release(&text);
	buf_release(&bytes);
}

static void
in_ruby(void)
{
	check_code("-|class A\n"
		   "-|  before :load\n"
		   "load!|  def load!(x)\n"
		   "load!|    find(x) do |y|\n"
		   "load!|      y\n"
		   "load!|    end\n"
		   "load!|\n"
		   "load!|    done\n"
		   "load!|  end\n"
		   "-|\n"
		   "make|  private def self.make\n"
		   "make|    new\n"
		   "make|  end\n"
		   "one|  def one; 1; end\n"
		   "two=|  def two=(x) = x\n"
		   "-|end\n");
}

static void
in_python(void)
{
	check_code("-|import x\n"
		   "-|@cached\n"
		   "outer|async def outer(\n"
		   "outer|    a,\n"
		   "outer|):\n"
		   "outer|    b = a\n"
		   "inner|    def inner(c):\n"
		   "inner|        return c\n"
		   "outer|    return inner\n"
		   "-|\n"
		   "-|class B(C):\n"
		   "__init__|    def __init__(self) -> None:\n"
		   "__init__|        if x:\n"
		   "__init__|            y()\n"
		   "-|z = 1\n");
}

static void
in_java(void)
{
	check_code("-|public class A extends B {\n"
		   "-|    private final int x = f(1);\n"
		   "run|    @Override public <T> List<T> run(T x,\n"
		   "run|            int y) throws E {\n"
		   "run|        if (x.a(b)) {\n"
		   "run|            return y(z);\n"
		   "run|        } else if (x) {\n"
		   "run|            new Thread(x) {\n"
		   "call|                public void call() {\n"
		   "call|                    go();\n"
		   "call|                }\n"
		   "run|            };\n"
		   "run|        }\n"
		   "run|    }\n"
		   "-|\n"
		   "A|    public A() {\n"
		   "A|    }\n"
		   "-|}\n");
}

static void
in_c(void)
{
	check_code("-|#include <x.h>\n"
		   "-|static int\n"
		   "walk|walk(struct tree *tree,\n"
		   "walk|    int depth)\n"
		   "walk|{\n"
		   "walk|\tTAILQ_FOREACH(a, b, c) {\n"
		   "walk|\t\tif (f(a) &&\n"
		   "walk|\t\t    g(b)) {\n"
		   "walk|#ifdef X\n"
		   "walk|\t\t\tgo(a);\n"
		   "walk|#endif\n"
		   "walk|\t\t}\n"
		   "walk|\t}\n"
		   "walk|out:\n"
		   "walk|\treturn 0;\n"
		   "walk|}\n"
		   "-|\n"
		   "-|static int other(int x);\n"
		   "-|int y = f(1);\n"
		   "main|int main(void) {\n"
		   "main|\treturn walk(0, 1);\n"
		   "main|}\n");
}

static void
in_go(void)
{
	check_code("-|type T struct {\n"
		   "-|\tx int\n"
		   "-|}\n"
		   "Get|func (t *T) Get(k string) (int, error) {\n"
		   "Get|\tif v, err := f(k); err != nil {\n"
		   "Get|\t\tgo func(x int) {\n"
		   "Get|\t\t\tg(x)\n"
		   "Get|\t\t}(1)\n"
		   "Get|\t}\n"
		   "Get|}\n"
		   "-|\n"
		   "Map|func Map[K any](x K) {\n"
		   "Map|}\n");
}

static void
in_javascript(void)
{
	check_code("load|export default async function load(x) {\n"
		   "load|  await f(x, (y) => {\n"
		   "load|    g(y);\n"
		   "load|  });\n"
		   "load|}\n"
		   "-|class A {\n"
		   "constructor|  constructor(x) {\n"
		   "constructor|    this.x = x;\n"
		   "constructor|  }\n"
		   "get|  async get(x) {\n"
		   "get|    for (const y of x) {\n"
		   "get|      y();\n"
		   "get|    }\n"
		   "get|  }\n"
		   "-|}\n"
		   "save|const save = async (x) => {\n"
		   "save|  x();\n"
		   "save|};\n"
		   "bar|exports.bar = function (x) {\n"
		   "bar|};\n"
		   "-|describe('it', () => {\n"
		   "-|  it('is', function () {\n"
		   "-|    x();\n"
		   "-|  });\n"
		   "-|});\n");
}

static void
in_typescript(void)
{
	check_code("-|export class A {\n"
		   "find|  private async find<T>(x: T): Promise<T[]> {\n"
		   "find|    return this.db.get(x);\n"
		   "find|  }\n"
		   "-|}\n"
		   "log|const log = (x: string): void => {\n"
		   "log|  f(x);\n"
		   "log|};\n"
		   "pick|function pick({\n"
		   "pick|  a,\n"
		   "pick|}: P) {\n"
		   "pick|  return a;\n"
		   "pick|}\n");
}

static void
in_php(void)
{
	check_code("-|class A\n"
		   "-|{\n"
		   "get|    public static function &get(B $b)\n"
		   "get|    {\n"
		   "get|        foreach ($b as $c) {\n"
		   "get|            $c->go(function ($x) {\n"
		   "get|                return $x;\n"
		   "get|            });\n"
		   "get|        }\n"
		   "get|    }\n"
		   "-|}\n");
}

static void
in_rust(void)
{
	check_code(
	    "-|impl<T> A<T> {\n"
	    "get|    pub(crate) async unsafe fn get<K>(&self, k: K) -> T\n"
	    "get|    where\n"
	    "get|        K: Ord,\n"
	    "get|    {\n"
	    "get|        match self.find(k) {\n"
	    "get|            Some(x) => x,\n"
	    "get|        }\n"
	    "get|    }\n"
	    "-|}\n");
}

static void
in_csharp(void)
{
	check_code("-|namespace A\n"
		   "-|{\n"
		   "-|    public class B : C\n"
		   "-|    {\n"
		   "Get|        public async Task<int> Get(int x)\n"
		   "Get|        {\n"
		   "Get|            using (var y = F(x))\n"
		   "Get|            {\n"
		   "Get|                return y.G();\n"
		   "Get|            }\n"
		   "Get|        }\n"
		   "Sum|        int Sum(int x) => x + G(1);\n"
		   "-|    }\n"
		   "-|}\n");
}

static void
in_kotlin(void)
{
	check_code("-|data class A(val x: Int) {\n"
		   "get|    override suspend fun <T> List<T>.get(x: Int): T {\n"
		   "get|        with(x) {\n"
		   "get|            go()\n"
		   "get|        }\n"
		   "get|    }\n"
		   "it works|    fun `it works`() = run {\n"
		   "it works|        go()\n"
		   "it works|    }\n"
		   "-|}\n");
}

static void
in_perl(void)
{
	check_code("-|package A;\n"
		   "get|sub get {\n"
		   "get|    my ($x) = @_;\n"
		   "get|    for my $y (f($x)) {\n"
		   "get|        $y->go(sub {\n"
		   "get|            1;\n"
		   "get|        });\n"
		   "get|    }\n"
		   "get|}\n"
		   "-|1;\n");
}

static void
in_elixir(void)
{
	check_code("-|defmodule A do\n"
		   "get|  def get(x) when is_map(x) do\n"
		   "get|    with {:ok, y} <- f(x) do\n"
		   "get|      y\n"
		   "get|    end\n"
		   "get|  end\n"
		   "-|\n"
		   "ok?|  defp ok?(x), do: x\n"
		   "-|end\n");
}

static void
tells_the_lines(void)
{
	struct text text;
	struct enclosing around;

	text_init(&text, slice_str("x\ndef a(b)\n  c\n\n  d\nend\n\ny\n"));
	CHECK(enclosing_find(&around, &text, 3));
	CHECK_INT(around.first, 2);
	CHECK_INT(around.last, 6);
	CHECK(!enclosing_find(&around, &text, 7));
	text_release(&text);
}

static const struct tap_test tests[] = {
	{ "functions are found in Ruby", in_ruby },
	{ "in Python", in_python },
	{ "in Java", in_java },
	{ "in C", in_c },
	{ "in Go", in_go },
	{ "in JavaScript", in_javascript },
	{ "in TypeScript", in_typescript },
	{ "in PHP", in_php },
	{ "in Rust", in_rust },
	{ "in C#", in_csharp },
	{ "in Kotlin", in_kotlin },
	{ "in Perl", in_perl },
	{ "in Elixir", in_elixir },
	{ "a function is from its head to its end", tells_the_lines },
	{ 0 },
};

int
main(void)
{
	return tap_run(tests);
}
