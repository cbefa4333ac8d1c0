namespace EventStore.EF.PostgreSQL.Tests.Subscriptions;

// What needs other processes' news, with notifications off: everything is found by polling, and what is done to subscriptions within a second.
public sealed class RunningAdministrationWithoutNotificationsTests(SilentPostgreSqlFixture fixture)
    : RunningAdministrationSpecification(fixture), IClassFixture<SilentPostgreSqlFixture>
{
    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder)
    {
        base.Configure(builder);
        Polling.Often(builder);
    }
}

public sealed class RunningPauseWithoutNotificationsTests(SilentPostgreSqlFixture fixture)
    : RunningPauseSpecification(fixture), IClassFixture<SilentPostgreSqlFixture>
{
    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder)
    {
        base.Configure(builder);
        Polling.Often(builder);
    }
}

public sealed class ConsumerOwnershipWithoutNotificationsTests(SilentPostgreSqlFixture fixture)
    : ConsumerOwnershipSpecification(fixture), IClassFixture<SilentPostgreSqlFixture>
{
    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder)
    {
        base.Configure(builder);
        Polling.Often(builder);
    }
}

public sealed class StreamSubscriptionWithoutNotificationsTests(SilentPostgreSqlFixture fixture)
    : StreamSubscriptionSpecification(fixture), IClassFixture<SilentPostgreSqlFixture>
{
    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder)
    {
        base.Configure(builder);
        Polling.Often(builder);
    }
}

public sealed class RunningParkingWithoutNotificationsTests(SilentPostgreSqlFixture fixture)
    : RunningParkingSpecification(fixture), IClassFixture<SilentPostgreSqlFixture>
{
    /// <inheritdoc/>
    protected override void Configure(EventStoreBuilder builder)
    {
        base.Configure(builder);
        Polling.Often(builder);
    }
}

internal static class Polling
{
    public static void Often(EventStoreBuilder builder) => builder.Configure(options => options.PollingInterval = TimeSpan.FromMilliseconds(50));
}
