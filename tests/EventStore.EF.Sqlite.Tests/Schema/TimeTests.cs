using System.Globalization;
using EventStore.EF.Sqlite.Schema;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Sqlite.Tests.Schema;

/// <summary>Times are texts of one format, so that comparing them compares times.</summary>
public sealed class TimeTests(SqliteFixture fixture) : SqliteSpecification(fixture)
{
    /// <summary>Times whose texts would be shorter, or of another order, without their zeros.</summary>
    private static readonly DateTimeOffset[] Times =
    [
        new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero),
        new(2020, 1, 1, 0, 0, 0, 100, TimeSpan.Zero),
        new(2020, 1, 1, 0, 0, 0, 119, TimeSpan.Zero),
        new(2020, 1, 1, 0, 0, 0, 120, TimeSpan.Zero),
        new(2020, 1, 1, 0, 0, 0, 121, TimeSpan.Zero),
    ];

    [Fact]
    public async Task LINQ_compares_times_with_what_is_stored()
    {
        var id = await StreamAtTimesAsync();
        await using var context = await Store.CreateContextAsync();
        foreach (var (time, index) in Times.Select((time, index) => (time.UtcDateTime, index)))
        {
            Assert.Equal([index + 1], await VersionsAsync(@event => @event.CreatedAt == time));
            Assert.Equal(Enumerable.Range(1, index), await VersionsAsync(@event => @event.CreatedAt < time));
            Assert.Equal(Enumerable.Range(1, index + 1), await VersionsAsync(@event => @event.CreatedAt <= time));
            Assert.Equal(Enumerable.Range(index + 2, Times.Length - index - 1), await VersionsAsync(@event => @event.CreatedAt > time));
        }

        var local = Times[3].LocalDateTime;
        Assert.Equal([4], await VersionsAsync(@event => @event.CreatedAt == local));
        var read = await context.Events.Where(@event => @event.StreamId == id).OrderBy(@event => @event.CreatedAt).Select(@event => @event.CreatedAt).ToListAsync(Ct);
        Assert.Equal(Times.Select(time => time.UtcDateTime), read);
        Assert.All(read, time => Assert.Equal(DateTimeKind.Utc, time.Kind));

        async Task<IEnumerable<int>> VersionsAsync(System.Linq.Expressions.Expression<Func<StoredEvent, bool>> condition)
            => (await context.Events.Where(@event => @event.StreamId == id).Where(condition).OrderBy(@event => @event.Version).Select(@event => @event.Version).ToListAsync(Ct))
                .ConvertAll(version => (int)version);
    }

    [Theory]
    [InlineData("00:00:00.100", "00:00:00.120", 2, 3)]
    [InlineData("00:00:00.1000001", "00:00:00.1200001", 3, 4)]
    [InlineData("00:00:00.1199999", "00:00:00.1209999", 4, 4)]
    [InlineData("00:00:00.1200001", "00:00:00.1209999")]
    public async Task A_range_of_time_is_exact_also_between_milliseconds(string from, string before, params int[] firstAndLast)
    {
        var filter = EventFilter.Created(Times[0] + TimeSpan.Parse(from, CultureInfo.InvariantCulture), Times[0] + TimeSpan.Parse(before, CultureInfo.InvariantCulture));
        var stream = NewStream();
        await AppendAsync(stream);

        var expected = firstAndLast.Length == 0 ? [] : Enumerable.Range(firstAndLast[0], firstAndLast[1] - firstAndLast[0] + 1);
        Assert.Equal(expected, await NumbersAsync(stream, new() { Filter = filter }));
    }

    [Theory]
    [InlineData("0001-01-01 00:00:00.000", true)]
    [InlineData("2024-02-29 23:59:59.999", true)]
    [InlineData("9999-12-31 23:59:59.999", true)]
    [InlineData("2023-02-29 00:00:00.000", false)]
    [InlineData("2024-13-01 00:00:00.000", false)]
    [InlineData("2024-01-01 24:00:00.000", false)]
    [InlineData("2024-01-01T00:00:00.000", false)]
    [InlineData("2024-01-01 00:00:00.00", false)]
    [InlineData("2024-01-01 00:00:0x.000", false)]
    [InlineData("", false)]
    public void Only_the_store_s_own_format_is_taken_without_a_string(string text, bool isTaken)
    {
        Assert.Equal(isTaken, SqliteTime.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var time));
        Assert.Equal(isTaken ? SqliteTime.Parse(text) : default, time);
        Assert.True(!isTaken || time.Kind is DateTimeKind.Utc);
    }

    [Fact]
    public async Task A_range_may_reach_to_the_ends_of_time()
    {
        var stream = NewStream();
        await AppendAsync(stream);

        Assert.Equal(Times.Length, (await ReadAsync(stream, new() { Filter = EventFilter.Created(DateTimeOffset.MinValue, DateTimeOffset.MaxValue) })).Count);
    }

    [Fact]
    public async Task Streams_are_listed_by_last_activity_across_pages()
    {
        await using var database = await Fixture.CreateDatabaseAsync();
        await using var store = Fixture.CreateStore(database);
        string[] names = ["a", "b", "c", "d", "e"];
        foreach (var (name, index) in names.Select((name, index) => (name, index)))
        {
            await store.Events.AppendAsync(name, ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
            await database.ExecuteAsync($"UPDATE {{streams}} SET last_activity_at = '{Times[index]:yyyy-MM-dd HH:mm:ss.fff}' WHERE name = '{name}'");
        }

        var listed = await store.Events.Streams.ListAsync(new() { OrderBy = StreamOrder.LastActivity, PageSize = 1 }, Ct).Select(info => info.Name.Value).ToListAsync(Ct);
        Assert.Equal(names.Reverse(), listed);
    }

    [Fact]
    public async Task One_append_has_one_time_everywhere()
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(500), Ct);

        var info = await Events.Streams.FindAsync(stream, Ct);
        Assert.Equal(info!.LastActivityAt, Assert.Single((await ReadAsync(stream)).Select(@event => @event.CreatedAt).Distinct()));
        Assert.Equal(info.CreatedAt, info.LastActivityAt);
    }

    [Theory]
    [InlineData("2020-01-01 00:00:00.120")]
    [InlineData("2020-01-01 00:00:00.12")]
    [InlineData("2020-01-01T00:00:00.120Z")]
    [InlineData("2020-01-01 02:00:00.120+02:00")]
    public void Any_form_of_a_time_is_read_as_UTC(string text)
    {
        var time = SqliteTime.Parse(text);
        Assert.Equal((Times[3].UtcDateTime, DateTimeKind.Utc), (time, time.Kind));
    }

    /// <summary>A stream with an event of each of the times; its id.</summary>
    private async Task<long> StreamAtTimesAsync()
    {
        var stream = NewStream();
        await AppendAsync(stream);
        return await Database.ScalarAsync<long>($"SELECT id FROM {{streams}} WHERE name = '{stream}'");
    }

    private async Task AppendAsync(StreamName stream)
    {
        foreach (var (time, index) in Times.Select((time, index) => (time, index)))
            await Events.AppendManyAsync([new(stream, index, Numbered(1, index + 1)) { CreatedAt = time }], Ct);
    }
}
