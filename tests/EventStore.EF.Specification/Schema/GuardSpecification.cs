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
        await Assert.ThrowsAnyAsync<DbException>(() => context.Events.ExecuteDeleteAsync(Ct));
        await Assert.ThrowsAnyAsync<DbException>(() => context.Events.ExecuteUpdateAsync(set => set.SetProperty(@event => @event.Type, "forged"), Ct));
        Assert.Equal(before, await Database.ContentAsync());
        Assert.False(await context.Events.AnyAsync(@event => @event.Type == "forged", Ct));
    }

    private async Task AssertRefusedAsync(string sql)
    {
        var stream = NewStream();
        await Events.AppendManyAsync(stream, ExpectedVersion.Any, Numbered(2), Ct);
        var before = await Database.ContentAsync();
        var exception = await Assert.ThrowsAnyAsync<DbException>(() => Database.ExecuteAsync(sql));
        Assert.Contains("refused", exception.Message, StringComparison.Ordinal);
        Assert.Equal(before, await Database.ContentAsync());
        await AssertNumbersAsync(stream, 1, 2);
    }
}
