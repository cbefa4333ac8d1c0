using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Specification;

/// <summary>What subscribers get of a transaction of the caller's, whose commit the store doesn't see.</summary>
public abstract class TransactionSubscriptionSpecification(StoreFixture fixture) : TransactionSuite(fixture)
{
    [Fact]
    public async Task A_subscriber_is_woken_after_the_caller_s_commit_and_not_before()
    {
        await using var application = Application(out var recorder);
        await application.Host.StartAsync(Ct);
        await MarkAsync(application, recorder);
        var stream = NewStream();
        AppendResult result;
        await using (var caller = await BeginAsync())
        {
            result = await application.Events.WithTransaction(caller.Transaction).AppendManyAsync(stream, ExpectedVersion.NoStream, Numbered(3), Ct);
            Assert.DoesNotContain(recorder.Handled, context => context.StreamName == stream);
            await caller.Transaction.CommitAsync(Ct);
        }

        await recorder.WaitAsync(handled => handled.Any(context => context.Position == result.LastPosition), Ct);
        Assert.Equal([1, 2, 3], recorder.Handled.Where(context => context.StreamName == stream).Select(context => context.Event.As<Numbered>().Number));
    }

    [Fact]
    public async Task A_rollback_is_passed_by_the_next_append()
    {
        await using var application = Application(out var recorder);
        await application.Host.StartAsync(Ct);
        await MarkAsync(application, recorder);
        var undone = NewStream();
        await using (var caller = await BeginAsync())
        {
            await application.Events.WithTransaction(caller.Transaction).AppendManyAsync(undone, ExpectedVersion.NoStream, Numbered(3), Ct);
            await caller.Transaction.RollbackAsync(Ct);
        }

        await MarkAsync(application, recorder);
        Assert.DoesNotContain(recorder.Handled, context => context.StreamName == undone);
    }

    /// <summary>Polling once an hour, it is woken or the test fails.</summary>
    private TestStore Application(out Recorder recorder)
    {
        var handled = recorder = new();
        return Fixture.CreateStore(Database, builder =>
        {
            builder.Services.AddSingleton(handled);
            builder.AddSubscriber<NumberedHandler>($"transactions-{Guid.NewGuid():N}");
            builder.Configure(options => options.PollingInterval = TimeSpan.FromHours(1));
        });
    }

    /// <summary>Appends outside any transaction and waits for it.</summary>
    private static async Task MarkAsync(TestStore application, Recorder recorder)
    {
        var marker = await application.Events.AppendAsync(NewStream(), ExpectedVersion.Any, new Numbered(0), cancellationToken: Ct);
        await recorder.WaitAsync(handled => handled.Any(context => context.Position == marker.LastPosition), Ct);
    }
}
