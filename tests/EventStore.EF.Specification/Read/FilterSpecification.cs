using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>Filters by type, stream prefix and time, applied by the database.</summary>
public abstract class FilterSpecification(StoreFixture fixture) : OwnDatabaseSpecification(fixture)
{
    private const string NumberedType = "specification-numbered";
    private const string NotedType = "specification-noted";
    private static readonly DateTimeOffset Start = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Fractions that end in zeros, and none at all: the text of a time must not decide.
    private static readonly DateTimeOffset[] Times = [Start, Start.AddMilliseconds(1), Start.AddMilliseconds(10), Start.AddMilliseconds(100), Start.AddMilliseconds(120), Start.AddSeconds(1), Start.AddDays(1)];

    [Fact]
    public async Task Whatever_is_combined_all_events_are_read_by_it_in_both_directions_and_pages_of_any_size()
    {
        await FillAsync();
        var all = await ReadAllAsync();
        Assert.Equal(42, all.Count);
        foreach (var (name, filter, isWanted) in Filters())
        {
            var expected = all.Where(isWanted).Select(@event => @event.Position).ToArray();
            foreach (var pageSize in (int[])[1, 4, 1000])
            {
                AssertRead(name, expected, await ReadAllAsync(new() { Filter = filter, PageSize = pageSize }));
                AssertRead(name, expected.Reverse(), await ReadAllAsync(new() { Filter = filter, PageSize = pageSize, Direction = ReadDirection.Backward }));
            }

            AssertRead(name, expected.Where(position => position >= all[20].Position).Take(3), await ReadAllAsync(new() { Filter = filter, PageSize = 2, From = all[20].Position, MaxCount = 3 }));
        }
    }

    [Fact]
    public async Task Whatever_is_combined_a_stream_is_read_by_it_its_links_included()
    {
        await FillAsync();
        await Events.AppendManyAsync("mixed", ExpectedVersion.NoStream, Numbered(2), Ct);
        await Events.LinkAsync("mixed", 2, await ReadAsync("a-1"), Ct);
        await Events.AppendManyAsync("mixed", ExpectedVersion.StreamExists, [new(new Noted("own"))], Ct);
        await Events.LinkAsync("mixed", ExpectedVersion.StreamExists, await ReadAsync("b-1"), Ct);
        foreach (var stream in (StreamName[])["a-1", "mixed"])
        {
            var all = await ReadAsync(stream);
            foreach (var (name, filter, isWanted) in Filters())
            {
                var expected = all.Where(isWanted).Select(@event => @event.Position).ToArray();
                foreach (var pageSize in (int[])[1, 4, 1000])
                {
                    AssertRead(name, expected, await ReadAsync(stream, new() { Filter = filter, PageSize = pageSize }));
                    AssertRead(name, expected.Reverse(), await ReadAsync(stream, new() { Filter = filter, PageSize = pageSize, Direction = ReadDirection.Backward }));
                }
            }
        }
    }

    [Fact]
    public async Task A_live_subscription_filters_as_the_database_does()
    {
        // What a subscription reads while it catches up is filtered by the database, what arrives afterwards in memory.
        await FillAsync();
        var all = await ReadAllAsync();
        foreach (var (name, filter, _) in Filters())
            AssertRead(name, all.Where(filter.Accepts).Select(@event => @event.Position), await ReadAllAsync(new() { Filter = filter }));
    }

    [Fact]
    public async Task A_subscription_is_filtered_by_the_types_it_handles_before_and_after_it_has_caught_up()
    {
        var recorder = new Recorder();
        await using var application = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("numbers", options => options.PageSize = 2);
        });
        await FillAsync();
        await application.Host.StartAsync(Ct);
        await recorder.WaitForAsync(21, Ct);
        await Events.AppendManyAsync("a-1", ExpectedVersion.Any, [new(new Noted("x")), new(new Numbered(43)), new(new Ticked()), new(new Numbered(44))], Ct);
        await recorder.WaitForAsync(23, Ct);
        Assert.Equal((await ReadAllAsync(new() { Filter = EventFilter.Types(NumberedType) })).Select(@event => @event.Position), recorder.Positions);
    }

    [Fact]
    public async Task A_range_of_time_has_its_beginning_and_not_its_end()
    {
        await FillAsync();
        Assert.Equal(6, await CountAsync(EventFilter.Created(Times[1], Times[2])));
        Assert.Equal(12, await CountAsync(EventFilter.Created(Times[1], Times[3])));
        Assert.Equal(0, await CountAsync(EventFilter.Created(Times[1], Times[1])));
        Assert.Equal(6, await CountAsync(EventFilter.Created(null, Times[1])));
        Assert.Equal(6, await CountAsync(EventFilter.Created(Times[^1], null)));
        Assert.Equal(0, await CountAsync(EventFilter.Created(Times[^1].AddTicks(1), null)));
        Assert.Equal(42, await CountAsync(EventFilter.Created(DateTimeOffset.MinValue, DateTimeOffset.MaxValue)));
        Assert.Equal(6, await CountAsync(EventFilter.Created(Times[1].ToOffset(TimeSpan.FromHours(14)), Times[2].ToOffset(TimeSpan.FromHours(-11.5)))));
    }

    [Fact]
    public async Task A_limit_finer_than_the_database_s_clock_is_no_other_limit()
    {
        await FillAsync();
        Assert.Equal(0, await CountAsync(EventFilter.Created(Times[1].AddTicks(1), Times[2])));
        Assert.Equal(6, await CountAsync(EventFilter.Created(Times[1], Times[1].AddTicks(1))));
        Assert.Equal(6, await CountAsync(EventFilter.Created(Times[1].AddTicks(-1), Times[2].AddTicks(-1))));
        Assert.Equal(6, await CountAsync(EventFilter.Created(Times[1].AddTicks(-1), Times[1].AddTicks(1))));
    }

    [Fact]
    public async Task Prefixes_of_all_of_Unicode_stand_for_themselves()
    {
        string[] names = ["x\uD7FFa", "x\uE000a", "x\uFFFFa", "x\U00010000a", "x\U0001F600a", "x\U0001F601a", "x\U0010FFFFa", "X\uFFFFa", "ya", "\U0010FFFF"];
        foreach (var name in names)
            await Events.AppendAsync(name, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);

        foreach (var prefix in names.Select(name => name.TrimEnd('a')).Append("x"))
        {
            var expected = names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal));
            Assert.Equal((prefix, string.Join(' ', expected)), (prefix, string.Join(' ', (await ReadAllAsync(new() { Filter = EventFilter.StreamPrefix(prefix) })).Select(@event => @event.StreamName.Value))));
        }

        Assert.Throws<ArgumentException>(() => EventFilter.StreamPrefix("x\uD83D"));
    }

    [Fact]
    public async Task A_stored_type_name_stands_for_itself()
    {
        await Events.AppendAsync("stream", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        foreach (var type in (string[])["Specification-Numbered", "specification-numbere", "specification-numbered ", "specification%", "specification_numbered", "'", "\\", "{}", "{specification-numbered}", "NULL", "a,b", "\"", "\uFFFF😀"])
        {
            Assert.Equal(0, await CountAsync(EventFilter.Types(type)));
            Assert.Equal(1, await CountAsync(EventFilter.Types(type, NumberedType, type)));
        }
    }

    private static void AssertRead(string name, IEnumerable<long> expected, IEnumerable<RecordedEvent> read)
        => Assert.Equal((name, string.Join(' ', expected)), (name, string.Join(' ', read.Select(@event => @event.Position))));

    private static IEnumerable<(string Name, EventFilter Filter, Func<RecordedEvent, bool> IsWanted)> Filters()
    {
        (string Name, Func<EventFilter, EventFilter> And, Func<RecordedEvent, bool> IsWanted)[] types =
        [
            ("every type", filter => filter, _ => true),
            ("numbered", filter => filter.AndTypes(NumberedType), @event => @event.EventType == NumberedType),
            ("two types", filter => filter.AndTypes(NotedType, "none", NumberedType), @event => @event.EventType is NumberedType or NotedType),
            ("no type", filter => filter.AndTypes(NumberedType).AndTypes(NotedType), _ => false),
        ];
        (string Name, Func<EventFilter, EventFilter> And, Func<RecordedEvent, bool> IsWanted)[] prefixes =
        [
            ("every stream", filter => filter, _ => true),
            ("a-", filter => filter.AndStreamPrefix("a-"), @event => @event.StreamName.Value.StartsWith("a-", StringComparison.Ordinal)),
            ("a_", filter => filter.AndStreamPrefix("a_"), @event => @event.StreamName.Value.StartsWith("a_", StringComparison.Ordinal)),
            ("a%", filter => filter.AndStreamPrefix("a%"), _ => false),
        ];
        (string Name, Func<EventFilter, EventFilter> And, Func<RecordedEvent, bool> IsWanted)[] times =
        [
            ("always", filter => filter, _ => true),
            ("from", filter => filter.AndCreated(Times[2], null), @event => @event.CreatedAt >= Times[2]),
            ("before", filter => filter.AndCreated(null, Times[4]), @event => @event.CreatedAt < Times[4]),
            ("between", filter => filter.AndCreated(Times[1], null).AndCreated(Times[0], Times[5]), @event => @event.CreatedAt >= Times[1] && @event.CreatedAt < Times[5]),
            ("never", filter => filter.AndCreated(Times[4], null).AndCreated(null, Times[1]), _ => false),
        ];
        return from type in types
               from prefix in prefixes
               from time in times
               select ($"{type.Name}, {prefix.Name}, {time.Name}", time.And(prefix.And(type.And(EventFilter.All))), (Func<RecordedEvent, bool>)(@event => type.IsWanted(@event) && prefix.IsWanted(@event) && time.IsWanted(@event)));
    }

    private async Task<int> CountAsync(EventFilter filter) => (await ReadAllAsync(new() { Filter = filter })).Count;

    /// <summary>At each time an event of each of two types in each of three streams; positions don't rise with times.</summary>
    private async Task FillAsync()
    {
        foreach (var time in Times.Reverse())
        {
            await Events.AppendManyAsync(
                [.. ((StreamName[])["a-1", "a_1", "b-1"]).Select(stream => new StreamAppend(stream, ExpectedVersion.Any, [new(new Numbered(1)), new(new Noted("1"))]) { CreatedAt = time })], Ct);
        }
    }
}
