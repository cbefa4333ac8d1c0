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
        AssertRefused(nameof(EventStoreOptions.PollingInterval), options => options.PollingInterval = TimeSpan.Zero);
        AssertRefused(nameof(EventStoreOptions.LeaseDuration), options => options.LeaseDuration = TimeSpan.FromMilliseconds(999));
        AssertRefused(nameof(EventStoreOptions.MaxRetryAttempts), options => options.MaxRetryAttempts = -1);
        AssertRefused(nameof(EventStoreOptions.RetryDelay), options => options.RetryDelay = TimeSpan.Zero);
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
    public void Read_options_out_of_range_are_refused_by_name()
    {
        Assert.Equal("From", Assert.Throws<ArgumentOutOfRangeException>(() => new ReadOptions { From = -1 }.Validate()).ParamName);
        Assert.Equal("MaxCount", Assert.Throws<ArgumentOutOfRangeException>(() => new ReadOptions { MaxCount = 0 }.Validate()).ParamName);
        Assert.Equal("PageSize", Assert.Throws<ArgumentOutOfRangeException>(() => new ReadOptions { PageSize = 10_001 }.Validate()).ParamName);
        Assert.Equal("Direction", Assert.Throws<ArgumentOutOfRangeException>(() => new ReadOptions { Direction = (ReadDirection)2 }.Validate()).ParamName);
    }

    private static void AssertRefused(string option, Action<EventStoreOptions> change)
    {
        var options = new EventStoreOptions();
        change(options);
        var refused = Assert.Throws<ArgumentOutOfRangeException>(options.Validate);
        Assert.Equal(option, refused.ParamName);
        Assert.StartsWith($"EventStoreOptions.{option} must be ", refused.Message, StringComparison.Ordinal);
    }
}
