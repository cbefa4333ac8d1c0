using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Security;

/// <summary>The roles of docs/security.md, made by the SQL that stands there: each may what the table says, and nothing more.</summary>
public sealed partial class RoleTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly string[] Roles = ["migrator", "appender", "subscriber", "reader"];

    /// <summary>Roles belong to the whole server.</summary>
    private readonly string _prefix = $"shop_{Guid.NewGuid():N}"[..16];

    /// <inheritdoc/>
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on who connects");
        foreach (var block in Blocks())
            await ExecuteAsync(block);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        if (!Fixture.IsPooled && Fixture.Unavailable is null)
        {
            var roles = string.Join(", ", Roles.Select(role => $"{_prefix}_{role}"));
            await ExecuteAsync($"DROP OWNED BY {roles}; DROP ROLE {roles}");
        }

        await base.DisposeAsync();
    }

    [Fact]
    public async Task An_appender_appends_links_soft_deletes_and_reads()
    {
        await using var store = As("appender");
        var stream = NewStream();
        await store.Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), ct: Ct);
        await store.Events.AppendManyAsync(stream, 1, Numbered(3), Ct);
        await store.Events.AppendManyAsync([new(NewStream(), ExpectedVersion.Any, Numbered(2)), StreamAppend.Condition(stream, 4)], Ct);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => store.Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), ct: Ct)));
        await store.Events.LinkAsync(NewStream(), ExpectedVersion.Any, await ToListAsync(store.Events.ReadStreamAsync(stream, ct: Ct)), Ct);
        await store.Events.Snapshots.RecordAsync(new() { Source = stream, Type = "tally", Version = 4, Payload = "{}"u8.ToArray() }, Ct);
        await store.Events.Streams.DeleteAsync(stream, ExpectedVersion.Any, Ct);
        Assert.NotEmpty(await ToListAsync(store.Events.ReadAllAsync(ct: Ct)));
    }

    [Theory]
    [InlineData("appender", "DELETE FROM eventstore.events")]
    [InlineData("appender", "UPDATE eventstore.events SET type = 'x'")]
    [InlineData("appender", "TRUNCATE eventstore.events")]
    [InlineData("appender", "DELETE FROM eventstore.streams")]
    [InlineData("appender", "UPDATE eventstore.streams SET name = 'x'")]
    [InlineData("appender", "SELECT eventstore.remove('x', -1, NULL)")]
    [InlineData("appender", "UPDATE eventstore.subscriptions SET position = 0")]
    [InlineData("appender", "ALTER TABLE eventstore.events DISABLE TRIGGER ALL")]
    [InlineData("subscriber", "INSERT INTO eventstore.streams (name, version) VALUES ('x', 0)")]
    [InlineData("subscriber", "DELETE FROM eventstore.events")]
    [InlineData("reader", "INSERT INTO eventstore.streams (name, version) VALUES ('x', 0)")]
    [InlineData("reader", "UPDATE eventstore.streams SET version = 7")]
    [InlineData("reader", "DELETE FROM eventstore.events")]
    [InlineData("reader", "UPDATE eventstore.subscriptions SET position = 0")]
    [InlineData("reader", "CREATE TABLE eventstore.x (y int)")]
    public async Task A_role_may_not_do_more_than_the_table_says(string role, string sql)
    {
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), ct: Ct);
        await using var connection = new NpgsqlConnection(ConnectionString(role));
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        var exception = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync(Ct));
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, exception.SqlState);
    }

    [Fact]
    public async Task A_reader_reads_and_its_append_is_a_typed_refusal()
    {
        var stream = NewStream();
        await Events.AppendAsync(stream, ExpectedVersion.NoStream, new Numbered(1), ct: Ct);
        await using var store = As("reader");
        Assert.Single(await ToListAsync(store.Events.ReadStreamAsync(stream, ct: Ct)));
        Assert.NotEmpty(await ToListAsync(store.Events.ReadAllAsync(ct: Ct)));
        var exception = await Assert.ThrowsAsync<EventStoreUnavailableException>(() => store.Events.AppendAsync(stream, ExpectedVersion.Any, new Numbered(2), ct: Ct));
        Assert.False(exception.OutcomeUnknown);
        Assert.Contains("permission denied", exception.Message, StringComparison.Ordinal);
        await AssertNumbersAsync(stream, 1);
    }

    [Fact]
    public async Task A_subscriber_handles_and_moves_its_checkpoint()
    {
        await Events.AppendManyAsync(NewStream(), ExpectedVersion.Any, Numbered(3), Ct);
        var recorder = new Recorder();
        await using (var store = new TestStore(builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.UsePostgreSql(ConnectionString("subscriber")).AddSubscriber<NumberedHandler>("role");
        }))
        {
            await store.Host.StartAsync(Ct);
            await recorder.WaitForAsync(3, Ct);
        }

        await using var context = await Store.CreateContextAsync();
        Assert.Equal(recorder.Positions[^1], Assert.Single(context.Subscriptions, row => row.Name == "role").Position);
    }

    private IEnumerable<string> Blocks()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md"));
        return SqlBlock().Matches(page).Select(block => block.Groups[1].Value
            .Replace("DATABASE shop ", $"DATABASE \"{new NpgsqlConnectionStringBuilder(Database.ConnectionString).Database}\" ", StringComparison.Ordinal)
            .Replace("shop_", $"{_prefix}_", StringComparison.Ordinal));
    }

    private string ConnectionString(string role)
        => new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Options = $"-c role={_prefix}_{role}", Pooling = false }.ConnectionString;

    private TestStore As(string role) => new(builder => builder.UsePostgreSql(ConnectionString(role)));

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(Ct);
    }

    [GeneratedRegex("```sql\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex SqlBlock();
}
