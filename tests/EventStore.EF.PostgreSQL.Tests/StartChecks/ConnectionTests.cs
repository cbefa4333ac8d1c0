using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.StartChecks;

/// <summary>What a connection string or a data source may say: it is left out, refused, or changes nothing.</summary>
public sealed class ConnectionTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("Multiplexing=true")]
    [InlineData("Pooling=false")]
    [InlineData("No Reset On Close=false")]
    [InlineData("Max Auto Prepare=20;Auto Prepare Min Usages=1")]
    [InlineData("Client Encoding=LATIN1")]
    [InlineData("Encoding=latin1")]
    [InlineData("Timezone=Asia/Kolkata")]
    [InlineData("Search Path=nowhere")]
    [InlineData("Options=-c DateStyle=German,DMY -c IntervalStyle=sql_standard -c bytea_output=escape -c extra_float_digits=-10")]
    [InlineData("Options=-c standard_conforming_strings=off -c escape_string_warning=off -c backslash_quote=on")]
    [InlineData("Options=-c default_transaction_deferrable=on -c lc_messages=C -c array_nulls=off -c transform_null_equals=on")]
    public async Task Settings_change_nothing(string settings)
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on what a session is told");
        await AssertWorksAsync($"{Database.ConnectionString};{settings}");
    }

    [Fact]
    public async Task Several_hosts_of_which_the_primary_is_wanted_are_worked_with()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool is one host");
        var settings = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { TargetSessionAttributes = "primary" };
        settings.Host = $"{settings.Host},{settings.Host}";
        await AssertWorksAsync(settings.ConnectionString);
    }

    [Theory]
    [InlineData("Multiplexing=true", "Multiplexing=true")]
    [InlineData("Encoding=latin1", "Encoding=latin1")]
    public async Task A_data_source_that_can_t_work_is_refused_when_the_store_is_registered(string setting, string saying)
    {
        await using var source = new NpgsqlDataSourceBuilder($"{Database.ConnectionString};{setting}").Build();
        var exception = Assert.Throws<ArgumentException>(() => new TestStore(builder => builder.UsePostgreSql(source)));
        Assert.Contains(saying, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_pool_below_the_need_is_refused_with_the_number_and_why(int size)
        => AssertRefusedPool(
            size, 3, Assert.Throws<ArgumentException>(() => new TestStore(builder => builder.UsePostgreSql(
                $"{Database.ConnectionString};Minimum Pool Size=0;Maximum Pool Size={size}"))));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_data_source_s_pool_below_the_need_is_refused_with_the_number_and_why(int size)
    {
        await using var source = new NpgsqlDataSourceBuilder($"{Database.ConnectionString};Minimum Pool Size=0;Maximum Pool Size={size}").Build();
        var exception = Assert.Throws<ArgumentException>(() => new TestStore(builder => builder.UsePostgreSql(source)));
        AssertRefusedPool(size, 8, exception);
        Assert.Contains("background work", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(8, true)]
    public async Task The_smallest_pool_that_is_not_refused_serves_subscriptions_and_many_callers_at_once(int size, bool isDataSource)
    {
        var connectionString = $"{Database.ConnectionString};Minimum Pool Size=0;Maximum Pool Size={size};Timeout=60";
        await using var source = new NpgsqlDataSourceBuilder(connectionString).Build();
        await using var store = new TestStore(builder =>
        {
            _ = isDataSource ? builder.UsePostgreSql(source) : builder.UsePostgreSql(connectionString);
            builder.AddSubscriber<TickHandler>("ticks");
        });
        await store.Host.StartAsync(Ct);
        var callers = await AtOnceAsync(40, async index =>
        {
            await store.Events.AppendAsync($"order-{index}", ExpectedVersion.NoStream, new Numbered(index), cancellationToken: Ct);
            await store.Events.AppendManyAsync(
                [new($"order-{index}", ExpectedVersion.Any, Numbered(1)), new($"more-{index}", ExpectedVersion.Any, Numbered(1))], Ct);
            return (await ToListAsync(store.Events.ReadStreamAsync($"order-{index}", cancellationToken: Ct))).Count;
        });
        Assert.All(callers, caller => Assert.Equal((2, null), (caller.Result, caller.Exception)));
        var ticked = await store.Events.AppendAsync("ticks-1", ExpectedVersion.NoStream, new Ticked(), cancellationToken: Ct);
        await store.Events.Subscriptions.WaitForAsync("ticks", ticked.LastPosition, Long, cancellationToken: Ct);
    }

    [Fact]
    public void A_missing_connection_string_says_which_key_is_probably_missing()
    {
        var configuration = new ConfigurationBuilder().Build();
        var exception = Assert.Throws<ArgumentException>(()
            => new TestStore(builder => builder.UsePostgreSql(configuration.GetConnectionString("Shop"))));
        Assert.Contains("'ConnectionStrings:Shop'", exception.Message, StringComparison.Ordinal);
        exception = Assert.Throws<ArgumentException>(()
            => new TestStore(builder => builder.UsePostgreSql("  ", options => options.Notifications = false)));
        Assert.Contains("UsePostgreSql is empty", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_data_source_of_the_services_serves_the_store_and_is_disposed_of_after_it()
    {
        NpgsqlDataSource? source = null;
        await using (var store = TestStore.Registered(services => services
            .AddSingleton(_ => source = NpgsqlDataSource.Create(Database.ConnectionString))
            .AddEventStore(
                (provider, store) => store.UsePostgreSql(
                    provider.GetRequiredService<NpgsqlDataSource>(),
                    options => options.Notifications = options.PreparedStatements = !Fixture.IsPooled),
                store => store.AddSubscriber<TickHandler>("ticks"))))
        {
            Assert.Null(source);
            await store.Host.StartAsync(Ct);
            var ticked = await store.Events.AppendAsync("ticks-1", ExpectedVersion.NoStream, new Ticked(), cancellationToken: Ct);
            await store.Events.Subscriptions.WaitForAsync("ticks", ticked.LastPosition, Long, cancellationToken: Ct);
            Assert.Same(source, store.Host.Services.GetRequiredService<NpgsqlDataSource>());
        }

        Assert.Throws<ObjectDisposedException>(() => source!.OpenConnection());
    }

    [Fact]
    public async Task A_data_source_of_the_services_that_can_t_work_fails_the_start()
    {
        using var host = TestStore.Registered(services => services
            .AddSingleton(_ => NpgsqlDataSource.Create($"{Database.ConnectionString};Encoding=latin1"))
            .AddEventStore((provider, store) => store.UsePostgreSql(provider.GetRequiredService<NpgsqlDataSource>()))).Host;

        var refused = await Assert.ThrowsAsync<ArgumentException>(() => host.StartAsync(Ct));
        Assert.Contains("Encoding=latin1", refused.Message, StringComparison.Ordinal);
    }

    private static void AssertRefusedPool(int size, int need, ArgumentException exception)
    {
        Assert.Contains($"Maximum Pool Size is {size}", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"at least {need}", exception.Message, StringComparison.Ordinal);
        Assert.Contains("wait for a lock", exception.Message, StringComparison.Ordinal);
    }

    private async Task AssertWorksAsync(string connectionString)
    {
        var then = new DateTimeOffset(2026, 3, 4, 5, 6, 7, TimeSpan.Zero).AddMicroseconds(123456);
        var text = "back\\slash 'quote' \u03c8 \ud83d\ude00 \0";
        await using var store = new TestStore(builder => builder.UsePostgreSql(connectionString).AddSubscriber<TickHandler>("ticks"));
        await store.Host.StartAsync(Ct);
        await store.Events.AppendManyAsync([new("order-1", ExpectedVersion.NoStream, [new(new Noted(text))]) { CreatedAt = then }], Ct);
        await store.Events.AppendManyAsync(
            [new("order-2", ExpectedVersion.NoStream, Numbered(2)), new("order-\u03c8", ExpectedVersion.Any, Numbered(1))], Ct);
        var read = Assert.Single(
            await ToListAsync(store.Events.ReadAllAsync(new() { Filter = EventFilter.Created(then, then.AddMicroseconds(1)) }, Ct)));
        Assert.Equal((text, then), (read.As<Noted>().Text, read.CreatedAt));
        await using (var context = await store.CreateContextAsync())
            Assert.Equal(1, await context.Events.CountAsync(@event => @event.CreatedAt == then.UtcDateTime, Ct));

        var ticked = await store.Events.AppendAsync("ticks-1", ExpectedVersion.NoStream, new Ticked(), cancellationToken: Ct);
        await store.Events.Subscriptions.WaitForAsync("ticks", ticked.LastPosition, Long, cancellationToken: Ct);
        await using var connection = new NpgsqlConnection(Database.ConnectionString);
        await connection.OpenAsync(Ct);
        await using var transaction = await connection.BeginTransactionAsync(Ct);
        await store.Events.WithTransaction(transaction).AppendAsync("order-3", ExpectedVersion.NoStream, new Numbered(1), cancellationToken: Ct);
        await transaction.CommitAsync(Ct);
        Assert.Equal(6, (await ToListAsync(store.Events.ReadAllAsync(cancellationToken: Ct))).Count);
    }
}
