using Microsoft.Extensions.DependencyInjection;

namespace EventStore.EF.Tests.Registration;

public class OptionsTests
{
    [Fact]
    public void Defaults_are_valid() => new EventStoreOptions().Validate();

    [Fact]
    public void An_option_out_of_range_is_refused_by_name_and_value()
    {
        AssertRefused(nameof(EventStoreOptions.MaxEventSize), options => options.MaxEventSize = 0);
        AssertRefused(nameof(EventStoreOptions.PollingInterval), options => options.PollingInterval = TimeSpan.FromTicks(9_999));
        AssertRefused(nameof(EventStoreOptions.LeaseDuration), options => options.LeaseDuration = TimeSpan.FromMilliseconds(999));
        AssertRefused(nameof(EventStoreOptions.MaxRetryAttempts), options => options.MaxRetryAttempts = -1);
        AssertRefused(nameof(EventStoreOptions.RetryDelay), options => options.RetryDelay = TimeSpan.Zero);
        AssertRefused(nameof(EventStoreOptions.RetryDelay), options => options.RetryDelay = Beyond(TimeSpan.FromHours(1)));
        AssertRefused(nameof(EventStoreOptions.ReportInterval), options => options.ReportInterval = TimeSpan.FromMilliseconds(99));
        AssertRefused(nameof(EventStoreOptions.ReportInterval), options => options.ReportInterval = Beyond(TimeSpan.FromHours(1)));
        AssertRefused(nameof(EventStoreOptions.MaxPageBytes), options => options.MaxPageBytes = 0);
        AssertRefused(nameof(EventStoreOptions.MaxUpdateAttempts), options => options.MaxUpdateAttempts = 0);
        AssertRefused(nameof(EventStoreOptions.PollingInterval), options => options.PollingInterval = Beyond(TimeSpan.FromHours(1)));
        AssertRefused(nameof(EventStoreOptions.LeaseDuration), options => options.LeaseDuration = Beyond(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void An_option_of_the_store_is_taken_at_its_limits()
    {
        foreach (var change in (Action<EventStoreOptions>[])
        [
            options => options.Schema = "x",
            options => options.Schema = new('x', 40),
            options => options.MaxEventSize = 1,
            options => options.MaxEventSize = long.MaxValue,
            options => options.MaxPageBytes = 1,
            options => options.MaxPageBytes = long.MaxValue,
            options => options.PollingInterval = TimeSpan.FromMilliseconds(1),
            options => options.PollingInterval = TimeSpan.FromHours(1),
            options => options.LeaseDuration = TimeSpan.FromSeconds(1),
            options => options.LeaseDuration = TimeSpan.FromHours(1),
            options => options.MaxRetryAttempts = 0,
            options => options.MaxRetryAttempts = int.MaxValue,
            options => options.RetryDelay = TimeSpan.FromTicks(1),
            options => options.RetryDelay = TimeSpan.FromHours(1),
            options => options.MaxUpdateAttempts = 1,
            options => options.MaxUpdateAttempts = int.MaxValue,
        ])
        {
            var options = new EventStoreOptions();
            change(options);
            options.Validate();
        }
    }

    [Fact]
    public void An_option_of_a_subscription_is_taken_at_its_limits_and_refused_beyond_them()
    {
        Taken(options => options.Partitions = 1, options => options.Partitions = 1000);
        Refused(nameof(SubscriptionOptions.Partitions), options => options.Partitions = 0, options => options.Partitions = 1001);
        Taken(options => options.MaxConsumers = 1, options => options.MaxConsumers = 1000);
        Refused(nameof(SubscriptionOptions.MaxConsumers), options => options.MaxConsumers = 0, options => options.MaxConsumers = 1001);
        Taken(options => options.PageSize = 1, options => options.PageSize = 10_000);
        Refused(nameof(SubscriptionOptions.PageSize), options => options.PageSize = 0, options => options.PageSize = 10_001);
        Taken(options => options.BufferSize = 1, options => options.BufferSize = 100_000);
        Refused(nameof(SubscriptionOptions.BufferSize), options => options.BufferSize = 0, options => options.BufferSize = 100_001);
        Taken(options => options.BatchSize = 1, options => options.BatchSize = 10_000);
        Refused(nameof(SubscriptionOptions.BatchSize), options => options.BatchSize = 0, options => options.BatchSize = 10_001);
        Taken(options => options.CheckpointEvery = 1, options => options.CheckpointEvery = int.MaxValue);
        Refused(nameof(SubscriptionOptions.CheckpointEvery), options => options.CheckpointEvery = 0);
        Taken(options => options.CheckpointAfter = TimeSpan.FromMilliseconds(10), options => options.CheckpointAfter = TimeSpan.FromHours(1));
        Refused(
            nameof(SubscriptionOptions.CheckpointAfter), options => options.CheckpointAfter = TimeSpan.FromMilliseconds(9),
            options => options.CheckpointAfter = Beyond(TimeSpan.FromHours(1)));
        Taken(options => options.MaxAttempts = 1, options => options.MaxAttempts = int.MaxValue);
        Refused(nameof(SubscriptionOptions.MaxAttempts), options => options.MaxAttempts = 0);
        Taken(options => options.RetryDelay = TimeSpan.FromTicks(1), options => options.RetryDelay = options.MaxRetryDelay = TimeSpan.FromHours(12));
        Refused(nameof(SubscriptionOptions.RetryDelay), options => options.RetryDelay = TimeSpan.Zero);
        Refused(
            nameof(SubscriptionOptions.MaxRetryDelay), options => options.MaxRetryDelay = TimeSpan.FromMilliseconds(99),
            options => options.MaxRetryDelay = Beyond(TimeSpan.FromHours(12)));
        Refused(nameof(SubscriptionOptions.OnError), options => options.OnError = (SubscriptionErrorPolicy)99);
        Refused(nameof(SubscriberOptions.UnknownEvents), options => options.UnknownEvents = (UnknownEventHandling)99);
        Refused(nameof(SubscriptionOptions.Filter), options => options.Filter = null!);
        Refused(
            nameof(SubscriberOptions.Retired), options => options.Retired = null!, options => options.Retired = [""],
            options => options.Retired = ["a\0b"], options => options.Retired = ["\ud800"]);

        static void Taken(params Action<SubscriberOptions>[] changes)
        {
            foreach (var change in changes)
                Validate(change);
        }

        static void Refused(string option, params Action<SubscriberOptions>[] changes)
        {
            foreach (var change in changes)
            {
                var refused = Assert.Throws<ArgumentOutOfRangeException>(() => Validate(change));
                Assert.Equal(option, refused.ParamName);
                Assert.Contains($"Options.{option} of 'orders' must be ", refused.Message, StringComparison.Ordinal);
            }
        }

        static void Validate(Action<SubscriberOptions> change)
        {
            var options = new SubscriberOptions();
            change(options);
            options.Validate("'orders'");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1st")]
    [InlineData("Shop")]
    [InlineData("pg_shop")]
    [InlineData("shop\"; DROP SCHEMA public; --")]
    [InlineData("a234567890123456789012345678901234567890x")]
    public void A_schema_name_out_of_rule_is_refused(string schema)
        => Assert.Contains("EventStoreOptions.Schema", Assert.Throws<ArgumentException>(() => new EventStoreOptions { Schema = schema }.Validate()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_store_without_a_database_says_how_to_choose_one()
        => Assert.Contains("UseSqlite", Assert.Throws<InvalidOperationException>(() => new ServiceCollection().AddEventStore(_ => { })).Message, StringComparison.Ordinal);

    [Fact]
    public void An_option_of_a_read_or_of_a_list_is_taken_at_its_limits()
    {
        new ReadOptions { From = 0, MaxCount = 1, PageSize = 1 }.Validate();
        new ReadOptions { From = long.MaxValue, MaxCount = long.MaxValue, PageSize = 10_000 }.Validate();
        new StreamListOptions { Prefix = "x", Contains = "x", MaxCount = 1, PageSize = 1 }.Validate();
        new StreamListOptions { Prefix = new('x', 255), Contains = new('x', 255), MaxCount = int.MaxValue, PageSize = 10_000 }.Validate();
    }

    [Fact]
    public void Read_options_out_of_range_are_refused_by_name()
    {
        Assert.Equal("From", Assert.Throws<ArgumentOutOfRangeException>(() => new ReadOptions { From = -1 }.Validate()).ParamName);
        Assert.Equal("MaxCount", Assert.Throws<ArgumentOutOfRangeException>(() => new ReadOptions { MaxCount = 0 }.Validate()).ParamName);
        Assert.Equal("PageSize", Assert.Throws<ArgumentOutOfRangeException>(() => new ReadOptions { PageSize = 10_001 }.Validate()).ParamName);
        Assert.Equal("Direction", Assert.Throws<ArgumentOutOfRangeException>(() => new ReadOptions { Direction = (ReadDirection)2 }.Validate()).ParamName);
    }

    private static TimeSpan Beyond(TimeSpan limit) => limit + TimeSpan.FromTicks(1);

    private static void AssertRefused(string option, Action<EventStoreOptions> change)
    {
        var options = new EventStoreOptions();
        change(options);
        var refused = Assert.Throws<ArgumentOutOfRangeException>(options.Validate);
        Assert.Equal(option, refused.ParamName);
        Assert.StartsWith($"EventStoreOptions.{option} must be ", refused.Message, StringComparison.Ordinal);
    }
}
