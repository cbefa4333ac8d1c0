using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Hosting;

namespace EventStore.EF.Specification;

/// <summary>Who is to blame when a projection's transaction fails, also where the context has an execution strategy that repeats much.</summary>
public abstract class ProjectionBlameSpecification(StoreFixture fixture) : ProjectionSuite(fixture)
{
    private bool _isPersistent;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_a_handler_throws_is_an_attempt_and_is_not_repeated_by_the_context_s_execution_strategy(bool isPersistent)
    {
        _isPersistent = isPersistent;
        var application = NewApplication(options => options.MaxAttempts = 2);
        var attempts = new List<int>();
        application.Recorder.OnHandling = (context, _) =>
        {
            attempts.Add(context.Attempt);
            throw new TimeoutException("Something else did not answer.");
        };
        await ParksAsync(application, "Something else did not answer.");
        Assert.Equal([1, 2], attempts);
    }

    [Fact]
    public async Task A_driver_s_exception_of_another_database_is_an_attempt_while_the_store_s_own_answers()
    {
        var application = NewApplication(options => options.MaxAttempts = 2);
        var attempts = new List<int>();
        application.Recorder.OnHandling = (context, _) =>
        {
            attempts.Add(context.Attempt);
            throw Fixture.Away;
        };
        await ParksAsync(application, Fixture.Away.Message);
        Assert.Equal([1, 2], attempts);
    }

    [Theory]
    [InlineData(TransactionPoint.Saving)]
    [InlineData(TransactionPoint.Saved)]
    [InlineData(TransactionPoint.Committing)]
    [InlineData(TransactionPoint.Committed)]
    public async Task Saving_and_committing_are_repeated_by_the_context_s_execution_strategy_and_each_event_takes_effect_once(TransactionPoint failAt)
    {
        _isPersistent = true;
        var application = NewApplication(options => options.MaxAttempts = 1);
        var left = 3;
        application.Points.OnPoint = (point, _, _) => point == failAt && left-- > 0 ? throw new TimeoutException("not yet") : Task.CompletedTask;
        var last = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(3), Ct);
        await application.Host.StartAsync(Ct);
        await WaitForAsync(application, last);
        await WaitForAsync(application, await Events.AppendManyAsync("numbers", ExpectedVersion.At(3), Numbered(1, first: 4), Ct));

        await AssertEachEventOnceAsync();
        Assert.All(application.Recorder.Handled, context => Assert.Equal(1, context.Attempt));
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM {parked_events}"));
    }

    [Fact]
    public async Task An_event_that_breaks_its_connection_each_time_is_parked_in_the_end()
    {
        var application = NewApplication(options => options.MaxAttempts = 2);
        var attempts = new List<int>();
        application.Recorder.OnHandling = (context, _) =>
        {
            attempts.Add(context.Attempt);
            return Task.CompletedTask;
        };
        application.Points.OnPoint = async (point, context, _) =>
        {
            if (point is not TransactionPoint.Saving)
                return;

            await context.Database.GetDbConnection().CloseAsync();
            throw Fixture.Away;
        };
        await ParksAsync(application, "xception");
        Assert.Equal(2, attempts[^1]);
        Assert.True(attempts.Count(attempt => attempt == 1) > 5, "A few breaks may be of a restart or a failover.");
    }

    /// <inheritdoc/>
    protected override void UseContext(DbContextOptionsBuilder context, string connectionString)
    {
        base.UseContext(context, connectionString);
        if (!_isPersistent)
            return;

        ArgumentNullException.ThrowIfNull(context);
        ((IDbContextOptionsBuilderInfrastructure)context).AddOrUpdateExtension(
            RelationalOptionsExtension.Extract(context.Options).WithExecutionStrategyFactory(dependencies => new Persistent(dependencies)));
    }

    private async Task ParksAsync(Application application, string error)
    {
        var appended = await Events.AppendManyAsync("numbers", ExpectedVersion.NoStream, Numbered(1), Ct);
        await application.Host.StartAsync(Ct);
        var parked = await Assert.ThrowsAsync<EventParkedException>(
            () => application.Events.Subscriptions.WaitForAsync(Projection, appended.LastPosition, TimeSpan.FromSeconds(60), cancellationToken: Ct));
        Assert.Contains(error, parked.Message, StringComparison.Ordinal);
        Assert.Equal(0, await CountAsync("numbers"));
    }

    /// <summary>Repeats whatever may be over at the next try, as EnableRetryOnFailure does.</summary>
    private sealed class Persistent(ExecutionStrategyDependencies dependencies) : ExecutionStrategy(dependencies, 6, TimeSpan.FromMilliseconds(2))
    {
        protected override bool ShouldRetryOn(Exception exception) => exception is TimeoutException or System.Data.Common.DbException;
    }
}
