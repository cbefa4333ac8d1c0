using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>What handlers of a projection do with the store is of the projection's transaction.</summary>
public abstract class ProjectionAppendSpecification(StoreFixture fixture) : ProjectionSuite(fixture)
{
    [Fact]
    public async Task An_append_of_a_handler_is_committed_with_the_rows_and_continues_the_event()
    {
        var application = NewApplication();
        application.Recorder.OnHandling = async (context, ct) =>
        {
            await application.Events.AppendAsync("answers", ExpectedVersion.Any, new Noted("42"), cancellationToken: ct);
            Assert.Equal(0, await CountAsync("questions"));
            Assert.Null(await Events.Streams.FindAsync("answers", ct));
            Assert.Single(await application.Events.ReadStreamAsync("answers", cancellationToken: ct).ToListAsync(ct));
            Assert.NotNull(await application.Events.Streams.FindAsync("answers", ct));
        };
        var question = new NewEvent(new Numbered(1)) { CorrelationId = Guid.NewGuid() };
        var asked = await Events.AppendManyAsync("questions", ExpectedVersion.NoStream, [question], Ct);
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, asked);

        var answer = Assert.Single(await ReadAsync("answers"));
        Assert.Equal((question.CorrelationId, question.EventId), (answer.CorrelationId, answer.CausationId));
        await AssertEachEventOnceAsync();
    }

    [Fact]
    public async Task What_a_handler_does_with_the_store_is_undone_with_the_rows()
    {
        var application = NewApplication();
        var attempts = 0;
        await Events.AppendManyAsync("deleted", ExpectedVersion.NoStream, [new(new Noted("old"))], Ct);
        application.Recorder.OnHandling = async (context, ct) =>
        {
            await application.Events.AppendAsync("answers", ExpectedVersion.NoStream, new Noted("42"), cancellationToken: ct);
            await application.Events.LinkAsync("links", ExpectedVersion.NoStream, [context.Event], ct);
            await application.Events.Streams.DeleteAsync("deleted", ExpectedVersion.StreamExists, ct);
            await application.Events.Snapshots.RecordAsync(
                new() { Source = "questions", Type = "tally", Version = 1, ContentType = "application/json", Payload = "{}"u8.ToArray() }, ct);
            if (++attempts < 3)
            {
                Assert.Null(await Events.Snapshots.FindAsync("questions", "tally", ct));
                throw new InvalidOperationException("not yet");
            }
        };
        var asked = await Events.AppendManyAsync("questions", ExpectedVersion.NoStream, Numbered(1), Ct);
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, asked);

        Assert.Equal(3, attempts);
        Assert.Single(await ReadAsync("answers"));
        Assert.Single(await ReadAsync("links"));
        Assert.NotNull((await Events.Streams.FindAsync("deleted", Ct))!.DeletedAt);
        Assert.NotNull(await Events.Snapshots.FindAsync("questions", "tally", Ct));
        await AssertEachEventOnceAsync();
    }

    [Fact]
    public async Task What_a_handler_leaves_running_is_not_of_the_transaction_while_later_events_of_the_same_are_handled()
    {
        var application = NewApplication();
        var isNext = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var hasBegun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task<Task<AppendResult>>? running = null;
        application.Recorder.OnHandling = async (context, ct) =>
        {
            running ??= Task.Run(async () =>
            {
                await isNext.Task;
                var appending = application.Events.AppendAsync("left", ExpectedVersion.Any, new Noted("42"), cancellationToken: Ct);
                hasBegun.SetResult();
                return appending;
            }, Ct);
            if (context.StreamVersion == 1 || hasBegun.Task.IsCompleted)
                return;

            // The transaction of both events is rolled back with this.
            isNext.SetResult();
            await hasBegun.Task.WaitAsync(ct);
            throw new InvalidOperationException("not yet");
        };
        var asked = await Events.AppendManyAsync("questions", ExpectedVersion.NoStream, Numbered(2), Ct);
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, asked);

        await await running!;
        Assert.Null(Assert.Single(await ReadAsync("left")).CausationId);
        await AssertEachEventOnceAsync();
    }

    [Fact]
    public async Task Other_stores_and_what_comes_after_the_handler_are_not_of_the_transaction()
    {
        await using var other = await Fixture.CreateDatabaseAsync();
        await using var another = Fixture.CreateStore(other);
        var application = NewApplication();
        var (isOver, later) = (new TaskCompletionSource(), Task.CompletedTask);
        application.Recorder.OnHandling = async (_, ct) =>
        {
            await another.Events.AppendAsync("elsewhere", ExpectedVersion.Any, new Noted("42"), cancellationToken: ct);
            later = Task.Run(async () =>
            {
                await isOver.Task;
                await application.Events.AppendAsync("afterwards", ExpectedVersion.Any, new Noted("42"), cancellationToken: Ct);
            }, Ct);
        };
        var asked = await Events.AppendManyAsync("questions", ExpectedVersion.NoStream, Numbered(1), Ct);
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, asked);
        isOver.SetResult();
        await later.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        Assert.Single(await ReadAsync("afterwards"));
        Assert.Single(await another.Events.ReadStreamAsync("elsewhere", cancellationToken: Ct).ToListAsync(Ct));
    }

    [Fact]
    public async Task A_handler_that_ends_the_transaction_itself_is_told_not_to_and_its_event_doesn_t_count_as_applied()
    {
        var application = NewApplication<EndingProjection>(options => options.MaxAttempts = 1);
        await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(1), Ct);
        await application.Host.StartAsync(Ct);
        await application.Store.Log.WaitForAsync(line => line.Exception is InvalidOperationException { Message: var message } && message.Contains("ended the transaction", StringComparison.Ordinal), Ct);

        await application.Events.AppendAsync("numbers", ExpectedVersion.Any, new Numbered(2), cancellationToken: Ct);
        Assert.Equal(0, application.Points.Commits);
    }
}

/// <summary>Rolls its transaction back.</summary>
public sealed class EndingProjection(TallyContext tallies) : ISubscriber<Numbered>
{
    /// <inheritdoc/>
    public async ValueTask HandleAsync(Numbered @event, EventContext context, CancellationToken cancellationToken) => await tallies.Database.RollbackTransactionAsync(cancellationToken);
}
