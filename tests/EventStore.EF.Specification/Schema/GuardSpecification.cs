using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace EventStore.EF.Specification;

/// <summary>The database itself refuses changes of what is stored, also for somebody who doesn't use the store.</summary>
public abstract class GuardSpecification(StoreFixture fixture) : StoreSpecification(fixture)
{
    /// <summary>Statements that only this database has, or has ways around the guards in.</summary>
    protected abstract IReadOnlyList<string> OtherStatements { get; }

    [Theory]
    [InlineData("UPDATE {events} SET type = 'forged'")]
    [InlineData("UPDATE {events} SET data = '{}' WHERE version = 1")]
    [InlineData("UPDATE {events} SET version = version + 1")]
    [InlineData("DELETE FROM {events}")]
    [InlineData("DELETE FROM {events} WHERE position = (SELECT max(position) FROM {events})")]
    [InlineData("DELETE FROM {streams}")]
    [InlineData("UPDATE {streams} SET name = name || '-forged'")]
    [InlineData("UPDATE {streams} SET id = id + 1000")]
    [InlineData("UPDATE {streams} SET version = version - 1")]
    [InlineData("UPDATE {streams} SET has_links = (1 = 0)")]
    [InlineData("UPDATE {stream_links} SET number = number + 1")]
    [InlineData("UPDATE {stream_links} SET position = position + 1")]
    [InlineData("UPDATE {stream_links} SET stream_id = stream_id + 1")]
    [InlineData("DELETE FROM {stream_links}")]
    [InlineData("DELETE FROM {stream_links} WHERE number = 1")]
    public async Task Changing_what_is_stored_is_refused(string sql) => await AssertRefusedAsync(sql);

    [Fact]
    public async Task Other_ways_of_changing_what_is_stored_are_refused()
    {
        foreach (var sql in OtherStatements)
            await AssertRefusedAsync(sql);
    }

    [Fact]
    public async Task ExecuteDelete_and_ExecuteUpdate_are_refused()
    {
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, Numbered(2), Ct);
        var before = await Database.ContentAsync();
        await using var context = await Store.CreateContextAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Events.ExecuteDeleteAsync(Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Events.ExecuteUpdateAsync(set => set.SetProperty(@event => @event.Type, "forged"), Ct));
        Assert.Equal(before, await Database.ContentAsync());
        Assert.False(await context.Events.AnyAsync(@event => @event.Type == "forged", Ct));
    }

    [Fact]
    public async Task ExecuteDelete_and_ExecuteUpdate_of_links_and_streams_are_refused()
    {
        var (stream, target) = (NewStream(), NewStream());
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(2), Ct);
        await Events.LinkAsync(target, ExpectedVersion.NoStream, await ReadAsync(stream), Ct);
        await using var context = await Store.CreateContextAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Links.ExecuteDeleteAsync(Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Links.ExecuteUpdateAsync(set => set.SetProperty(link => link.Number, link => link.Number + 1), Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Streams.ExecuteDeleteAsync(Ct));
        await Assert.ThrowsAsync<InvalidOperationException>(() => context.Streams.ExecuteUpdateAsync(set => set.SetProperty(row => row.Name, row => row.Name + "-forged"), Ct));
        await AssertNumbersAsync(target, 1, 2);
    }

    /// <summary>Asserts that a statement on a database with events and links is refused and leaves them as they are.</summary>
    protected async Task AssertRefusedAsync(string sql)
    {
        var (stream, target) = (NewStream(), NewStream());
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(2), Ct);
        await Events.LinkAsync(target, ExpectedVersion.NoStream, await ReadAsync(stream), Ct);
        var before = await Database.ContentAsync();
        var exception = await Assert.ThrowsAnyAsync<DbException>(() => Database.ExecuteAsync(sql));
        Assert.Contains("refused", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Database.ContentAsync());
        await AssertNumbersAsync(stream, 1, 2);
        await AssertNumbersAsync(target, 1, 2);
    }
}
