using EventStore.EF.Schema;

namespace EventStore.EF.Tests.Registration;

public class DesignTimeTests
{
    [Theory]
    [InlineData(null, "ef.dll", "database", "update")]
    [InlineData(null, "ef.dll", "database", "update", "--schema", "billing")]
    [InlineData("billing", "ef.dll", "database", "update", "--", "--schema", "billing")]
    [InlineData("billing", "ef.dll", "database", "update", "--", "Host=x", "--verbose", "--schema=billing", "--color", "blue")]
    [InlineData("b", "efbundle", "--connection", "x", "--", "--schema", "a", "--schema", "b")]
    public void The_schema_is_what_follows_its_option_behind_the_tools_own_arguments(string? expected, params string[] arguments)
        => Assert.Equal(expected, DesignTime.FindSchema(arguments));

    [Theory]
    [InlineData("--", "--schema")]
    [InlineData("--", "--schema", "")]
    [InlineData("--", "--schema=")]
    public void A_schema_without_a_name_is_refused_with_the_usage(params string[] arguments)
        => Assert.Contains("-- --schema <name>", Assert.Throws<ArgumentException>(() => DesignTime.FindSchema(arguments)).Message,
            StringComparison.Ordinal);
}
