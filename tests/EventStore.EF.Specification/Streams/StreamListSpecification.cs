using System.Text;

namespace EventStore.EF.Specification;

/// <summary>Listing streams, page by page.</summary>
public abstract class StreamListSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    // Names in which patterns, collations and the order of UTF-16 code units would show.
    private static readonly string[] Names =
    [
        "%", "%%", "_", "__", "\\", "\\%", "'", "\"", "*", "?", "[a]", "10", "9", "A", "B", "a", "a%b", "a_b", "a\\b", "aXb", "ab", "abc", "b", "z", "~",
        "ä", "Ä", "a\u0308", "ß", "ss", "\uD7FF", "\uE000", "x\uFFFE", "x\uFFFF", "x\uFFFFy", "x\U00010000", "x\U0001F600", "x\U0001F600y", "x\U0001F601", "x\U0010FFFF",
        "x\U0010FFFFz", "xy", "y", "\U0010FFFF", "\U0010FFFF\U0010FFFF",
    ];

    private static readonly int[] PageSizes = [1, 2, 3, 7, 44, 45, 46, 500];

    [Fact]
    public async Task An_empty_store_has_no_streams()
    {
        Assert.Empty(await NamesAsync());
        Assert.Empty(await NamesAsync(new() { OrderBy = StreamOrder.LastActivity, IncludeDeleted = true }));
    }

    [Fact]
    public async Task By_name_streams_come_ordinally_by_code_point_whatever_the_size_of_pages()
    {
        await FillAsync();
        var expected = Ordered(Names);
        Assert.Equal(expected, await NamesAsync());
        foreach (var pageSize in PageSizes)
            Assert.Equal(expected, await NamesAsync(new() { PageSize = pageSize }));
    }

    [Fact]
    public async Task A_listed_stream_is_described_as_it_is_by_itself()
    {
        await FillAsync("a", "b");
        await Events.Streams.DeleteAsync("b", ExpectedVersion.Any, Ct);
        var listed = await Events.Streams.ListAsync(new() { IncludeDeleted = true }, Ct).ToListAsync(Ct);
        Assert.Equal((StreamInfo?[])[await Events.Streams.FindAsync("a", Ct), await Events.Streams.FindAsync("b", Ct)], listed);
    }

    [Fact]
    public async Task A_prefix_stands_for_itself()
    {
        await FillAsync();
        foreach (var prefix in Names.Append("no such").Append("$").Append("x\U0001F600y!").SelectMany(name => (string[])[name, Beginning(name)]).Distinct())
            await AssertFoundAsync(prefix, name => name.StartsWith(prefix, StringComparison.Ordinal), pageSize => new() { Prefix = prefix, PageSize = pageSize });
    }

    [Fact]
    public async Task A_part_of_a_name_stands_for_itself()
    {
        await FillAsync();
        foreach (var part in Names.Append("no such").SelectMany(name => (string[])[name, Beginning(name)]).Distinct())
            await AssertFoundAsync(part, name => name.Contains(part, StringComparison.Ordinal), pageSize => new() { Contains = part, PageSize = pageSize });
    }

    [Fact]
    public async Task Prefix_and_part_are_both_demanded()
    {
        await FillAsync();
        Assert.Equal(["a%b"], await NamesAsync(new() { Prefix = "a", Contains = "%" }));
        Assert.Equal(["x\U0001F600y"], await NamesAsync(new() { Prefix = "x\U0001F600", Contains = "y" }));
        Assert.Empty(await NamesAsync(new() { Prefix = "A", Contains = "b" }));
    }

    [Fact]
    public async Task Deleted_streams_are_listed_only_on_demand()
    {
        await FillAsync("a-1", "a-2", "a-3", "b-1");
        await Events.Streams.DeleteAsync("a-2", ExpectedVersion.Any, Ct);
        foreach (var pageSize in PageSizes)
        {
            Assert.Equal(["a-1", "a-3", "b-1"], await NamesAsync(new() { PageSize = pageSize }));
            Assert.Equal(["a-1", "a-2", "a-3", "b-1"], await NamesAsync(new() { PageSize = pageSize, IncludeDeleted = true }));
            Assert.Equal(["a-1", "a-3"], await NamesAsync(new() { PageSize = pageSize, Prefix = "a-" }));
            Assert.Equal(["a-1", "a-2", "a-3"], await NamesAsync(new() { PageSize = pageSize, Prefix = "a-", IncludeDeleted = true }));
            Assert.Equal(["a-2"], await NamesAsync(new() { PageSize = pageSize, Contains = "-2", IncludeDeleted = true }));
        }

        await Events.Streams.UndeleteAsync("a-2", Ct);
        Assert.Equal(["a-1", "a-2", "a-3", "b-1"], await NamesAsync());
    }

    [Fact]
    public async Task A_list_goes_on_after_the_last_stream_of_the_page_before()
    {
        await FillAsync();
        var expected = Ordered(Names);
        foreach (var order in (StreamOrder[])[StreamOrder.Name, StreamOrder.LastActivity])
        {
            var seen = new List<string>();
            StreamInfo? last = null;
            while (true)
            {
                var page = await Events.Streams.ListAsync(new() { OrderBy = order, After = last, MaxCount = 4, PageSize = 3 }, Ct).ToListAsync(Ct);
                Assert.InRange(page.Count, 0, 4);
                if (page.Count == 0)
                    break;

                seen.AddRange(page.Select(info => info.Name.Value));
                last = page[^1];
            }

            Assert.Equal(expected, order is StreamOrder.Name ? seen : Ordered(seen));
            Assert.Equal(expected.Count, seen.Count);
        }
    }

    [Fact]
    public async Task A_list_goes_on_after_a_stream_that_is_gone_and_within_its_filters()
    {
        await FillAsync("a-1", "a-2", "a-3", "b-1");
        var second = await Events.Streams.FindAsync("a-2", Ct);
        await Events.Streams.DeleteAsync("a-2", ExpectedVersion.Any, Ct);
        Assert.Equal(["a-3", "b-1"], await NamesAsync(new() { After = second }));
        Assert.Equal(["a-3"], await NamesAsync(new() { After = second, Prefix = "a-" }));
        Assert.Equal(["a-3"], await NamesAsync(new() { After = second! with { Name = "a-2-never-was" }, Prefix = "a-" }));
        Assert.Empty(await NamesAsync(new() { After = second, Contains = "-2" }));
    }

    [Fact]
    public async Task MaxCount_ends_the_list()
    {
        await FillAsync("a", "b", "c", "d", "e");
        foreach (var pageSize in PageSizes)
        {
            Assert.Equal(["a", "b", "c"], await NamesAsync(new() { MaxCount = 3, PageSize = pageSize }));
            Assert.Equal(["a", "b", "c", "d", "e"], await NamesAsync(new() { MaxCount = 6, PageSize = pageSize }));
        }
    }

    [Fact]
    public async Task By_last_activity_the_latest_comes_first_and_of_one_time_the_names_decide()
    {
        // Fractions that end in zeros, and none at all: their text must not decide.
        (string Name, string Time)[] streams =
        [
            ("e", "2001-01-01 00:00:00.000"), ("c", "2001-01-01 00:00:00.120"), ("d", "2001-01-01 00:00:00.120"), ("B", "2001-01-01 00:00:00.120"),
            ("a", "2001-01-01 00:00:00.123"), ("h", "2001-01-01 00:00:00.100"), ("g", "2001-01-01 00:00:00.100"), ("f", "2001-01-01 00:00:01.000"),
            ("j", "2000-12-31 23:59:59.999"), ("i", "2001-01-01 00:00:00.000"), ("deleted", "2001-01-01 00:00:00.110"),
        ];
        await FillAsync([.. streams.Select(stream => stream.Name)]);
        await Events.Streams.DeleteAsync("deleted", ExpectedVersion.Any, Ct);
        foreach (var (name, time) in streams)
            await Database.ExecuteAsync($"UPDATE {{streams}} SET last_activity_at = '{time}' WHERE name = '{name}'");

        string[] expected = ["f", "a", "B", "c", "d", "g", "h", "e", "i", "j"];
        foreach (var pageSize in PageSizes)
        {
            Assert.Equal(expected, await NamesAsync(new() { OrderBy = StreamOrder.LastActivity, PageSize = pageSize }));
            Assert.Equal(
                ["f", "a", "B", "c", "d", "deleted", "g", "h", "e", "i", "j"],
                await NamesAsync(new() { OrderBy = StreamOrder.LastActivity, PageSize = pageSize, IncludeDeleted = true }));
        }

        var listed = await Events.Streams.ListAsync(new() { OrderBy = StreamOrder.LastActivity }, Ct).ToListAsync(Ct);
        foreach (var (index, info) in listed.Index())
            Assert.Equal(expected[(index + 1)..], await NamesAsync(new() { OrderBy = StreamOrder.LastActivity, After = info, PageSize = 2 }));
    }

    [Fact]
    public async Task No_stream_is_listed_twice_by_name_while_others_come_and_change()
    {
        await FillAsync([.. Enumerable.Range(0, 40).Select(number => $"s-{number:00}")]);
        var seen = new List<string>();
        await foreach (var info in Events.Streams.ListAsync(new() { PageSize = 4 }, Ct))
        {
            seen.Add(info.Name.Value);
            if (seen.Count % 4 != 0)
                continue;

            await Events.AppendAsync(info.Name, ExpectedVersion.StreamExists, new Numbered(2), cancellationToken: Ct);
            await Events.AppendAsync($"{info.Name}-later", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
            await Events.AppendAsync($"r-{seen.Count}", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        }

        Assert.Equal(Ordered(seen).Distinct(), seen);
        Assert.Equal(40, seen.Count(name => name.Length == 4));
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        AssertRefused<ArgumentOutOfRangeException>(nameof(StreamListOptions.MaxCount), new() { MaxCount = 0 });
        AssertRefused<ArgumentOutOfRangeException>(nameof(StreamListOptions.PageSize), new() { PageSize = 0 });
        AssertRefused<ArgumentOutOfRangeException>(nameof(StreamListOptions.PageSize), new() { PageSize = 10_001 });
        AssertRefused<ArgumentOutOfRangeException>(nameof(StreamListOptions.OrderBy), new() { OrderBy = (StreamOrder)7 });
        foreach (var text in (string[])["", "a\u0000", "a\nb", "\uD83D", "a\uDE00b", new string('x', 256)])
        {
            AssertRefused<ArgumentException>(nameof(StreamListOptions.Prefix), new() { Prefix = text });
            AssertRefused<ArgumentException>(nameof(StreamListOptions.Contains), new() { Contains = text });
        }

        void AssertRefused<TException>(string option, StreamListOptions options)
            where TException : ArgumentException
            => Assert.Equal(option, Assert.Throws<TException>(() => Events.Streams.ListAsync(options, Ct)).ParamName);
    }

    private static string Beginning(string name) => name.EnumerateRunes().First().ToString();

    /// <summary>In the order of UTF-8 bytes, which is that of code points, and not that of UTF-16 code units.</summary>
    private static List<string> Ordered(IEnumerable<string> names)
        => [.. names.OrderBy(name => Convert.ToHexString(Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal)];

    private async Task AssertFoundAsync(string wanted, Func<string, bool> isFound, Func<int, StreamListOptions> options)
    {
        var expected = Ordered(Names.Where(isFound));
        foreach (var pageSize in (int[])[1, 3, 500])
            Assert.Equal((wanted, string.Join(' ', expected)), (wanted, string.Join(' ', await NamesAsync(options(pageSize)))));
    }

    private Task FillAsync() => FillAsync(Names);

    /// <summary>One event in each stream, in an order that is none of the lists'.</summary>
    private async Task FillAsync(params string[] names)
        => await Events.AppendManyAsync([.. names.OrderBy(name => name.Length).Reverse().Select(name => new StreamAppend(name, ExpectedVersion.NoStream, Numbered(1)))], Ct);

    private async Task<List<string>> NamesAsync(StreamListOptions? options = null)
        => await Events.Streams.ListAsync(options, Ct).Select(info => info.Name.Value).ToListAsync(Ct);
}
