using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace EventStore.EF.PostgreSQL.Tests.Order;

/// <summary>A caller's open transaction that has appended holds back what comes after it, and nothing else; and everybody can see whose it is.</summary>
public sealed class HolderTests(PostgreSqlFixture fixture) : OwnDatabaseSpecification(fixture), IClassFixture<PostgreSqlFixture>
{
    [Fact]
    public async Task A_caller_s_open_transaction_holds_back_only_what_comes_after_its_append()
    {
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await using var caller = await BeginAsync("shop");
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        await AssertReadAsync(1, 2);

        await AppendAsync(caller, 3);
        await Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(4), cancellationToken: Ct);
        await AssertReadAsync(1, 2);

        await caller.CommitAsync(Ct);
        await AssertReadAsync(1, 2, 3, 4);
    }

    [Fact]
    public async Task Whoever_holds_back_is_named_by_pid_application_and_age()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't tell which server process works for a connection");
        Assert.Empty(await Store.GetBlockingTransactionsAsync(Ct));
        await using var caller = await BeginAsync("shop");
        await AppendAsync(caller, 1);
        await Database.ExecuteAsync("SELECT pg_sleep(0.05)");

        var holder = Assert.Single(await Store.GetBlockingTransactionsAsync(Ct));
        Assert.Equal(caller.Connection!.ProcessID, holder.SessionId);
        Assert.Equal("shop", holder.Application);
        Assert.InRange(holder.Age!.Value, TimeSpan.FromMilliseconds(50), TimeSpan.FromMinutes(5));
        Assert.Null(holder.PreparedName);

        await caller.RollbackAsync(Ct);
        Assert.Empty(await Store.GetBlockingTransactionsAsync(Ct));
    }

    [Fact]
    public async Task The_oldest_holder_is_named_first()
    {
        await using var older = await BeginAsync("older");
        await AppendAsync(older, 1);
        await using var younger = await BeginAsync("younger");
        await AppendAsync(younger, 2);

        Assert.Equal(["older", "younger"], (await Store.GetBlockingTransactionsAsync(Ct)).Select(holder => holder.Application));
    }

    [Fact]
    public async Task A_prepared_transaction_is_named_by_its_name()
    {
        await Database.RequirePreparedTransactionsAsync();
        await using var transaction = await OpenTransaction.BeginAsync(Database.ConnectionString);
        await transaction.AppendAsync(NewStream(), 1);
        await transaction.ExecuteAsync("SAVEPOINT inner_one");
        await transaction.AppendAsync(NewStream(), 2);
        await transaction.ExecuteAsync("PREPARE TRANSACTION 'undecided'");

        var holder = Assert.Single(await Store.GetBlockingTransactionsAsync(Ct));
        Assert.Equal("undecided", holder.PreparedName);
        Assert.Null(holder.SessionId);
        Assert.Null(holder.Application);
        Assert.InRange(holder.Age!.Value, TimeSpan.Zero, TimeSpan.FromMinutes(5));

        await Database.ExecuteAsync("ROLLBACK PREPARED 'undecided'");
        Assert.Empty(await Store.GetBlockingTransactionsAsync(Ct));
    }

    [Fact]
    public async Task A_role_that_may_not_look_at_others_sees_all_but_the_age()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't hand on who connects");
        var role = $"onlooker_{Guid.NewGuid():N}";
        await Database.ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD 'onlooker'; GRANT USAGE ON SCHEMA eventstore TO {role}");
        try
        {
            await using var caller = await BeginAsync("shop");
            await AppendAsync(caller, 1);
            var onlooker = new NpgsqlConnectionStringBuilder(Database.ConnectionString) { Username = role, Password = "onlooker", Pooling = false };
            await using var store = Fixture.CreateStore(onlooker.ConnectionString);

            var holder = Assert.Single(await store.GetBlockingTransactionsAsync(Ct));
            Assert.Equal(caller.Connection!.ProcessID, holder.SessionId);
            Assert.Equal("shop", holder.Application);
            Assert.Null(holder.Age);
        }
        finally
        {
            await Database.ExecuteAsync($"DROP OWNED BY {role}; DROP ROLE {role}");
        }
    }

    [Fact]
    public async Task A_subscription_that_is_held_back_for_longer_than_a_second_says_by_whom_and_measures_it()
    {
        Assert.SkipWhen(Fixture.IsPooled, "a pool doesn't tell which server process works for a connection");
        var recorder = new Recorder();
        await using var application = Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(recorder);
            builder.AddSubscriber<NumberedHandler>("held-back");
        });
        await application.Host.StartAsync(Ct);
        var marker = await application.Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(1), cancellationToken: Ct);
        await recorder.WaitForAsync(1, Ct);

        await using var caller = await BeginAsync("shop");
        await AppendAsync(caller, 2);
        var last = await application.Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(3), cancellationToken: Ct);
        await application.Log.WaitForAsync(line => line.Message.Contains("cannot be delivered yet", StringComparison.Ordinal), Ct);

        var message = application.Log.Lines.Single(line => line.Message.Contains("cannot be delivered yet", StringComparison.Ordinal)).Message;
        Assert.Contains($"after position {marker.LastPosition}, up to {last.LastPosition}, ", message, StringComparison.Ordinal);
        Assert.Contains($"server process {caller.Connection!.ProcessID} of role '{caller.Connection.UserName}', application 'shop', open for 00:00:0", message, StringComparison.Ordinal);
        Assert.InRange(HeldBackAge(application), 1, 300);

        await caller.CommitAsync(Ct);
        await recorder.WaitForAsync(3, Ct);
        Assert.Equal([1, 2, 3], recorder.Handled.Select(context => context.Event.As<Numbered>().Number));
        Assert.Equal(0, HeldBackAge(application));
    }

    /// <summary>What the gauge of one application says now.</summary>
    private static double HeldBackAge(TestStore application)
    {
        double? age = null;
        var factory = application.Host.Services.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Name == "eventstore.gap.age" && instrument.Meter.Name == "EventStore.EF" && instrument.Meter.Scope == factory)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => age = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return age ?? throw new InvalidOperationException("The application has no such gauge.");
    }

    private async Task<NpgsqlTransaction> BeginAsync(string application)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Database.ConnectionString) { ApplicationName = application, Pooling = false }.ConnectionString);
        await connection.OpenAsync(Ct);
        return await connection.BeginTransactionAsync(Ct);
    }

    private Task<AppendResult> AppendAsync(NpgsqlTransaction caller, int number)
        => Events.WithTransaction(caller).AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(number), cancellationToken: Ct);

    private async Task AssertReadAsync(params int[] numbers)
        => Assert.Equal(numbers, (await ReadAllAsync()).Select(@event => @event.As<Numbered>().Number));
}
