using System.Text.RegularExpressions;
using EventStore.EF.Schema;

namespace EventStore.EF.Registration;

/// <summary>Explains where a missing connection string should have come from, as far as the call shows it.</summary>
internal static partial class MissingConnectionString
{
    /// <summary>Rejects a missing or empty connection string. EF Core's tools need none.</summary>
    /// <param name="connectionString">The argument.</param>
    /// <param name="expression">The source text of the argument.</param>
    /// <param name="method">The method to which it was passed.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="ArgumentException">There is none, and the application is not run by EF Core's tools.</exception>
    public static bool Check(string? connectionString, string? expression, string method)
    {
        if (!string.IsNullOrWhiteSpace(connectionString))
            return true;
        if (DesignTime.IsRunning)
            return false;

        var found = connectionString is null ? "null" : "empty";
        throw new ArgumentException($"The connection string of {method} is {found}.{Origin(expression)}", nameof(connectionString));
    }

    private static string Origin(string? expression)
    {
        // A literal may contain a password, and shows its own origin.
        if (string.IsNullOrWhiteSpace(expression) || expression is "null"
            || (expression.Contains('"', StringComparison.Ordinal) && !Lookup().IsMatch(expression)))
            return " Pass the connection string of the store's database.";

        if (NamedConnection().Match(expression) is { Success: true } named)
            return Missing($"ConnectionStrings:{named.Groups["key"].Value}", expression);
        if (Variable().Match(expression) is { Success: true } variable)
            return $" It comes from {expression}: the environment variable '{variable.Groups["key"].Value}' is probably not set.";
        if (Key().Match(expression) is { Success: true } key)
            return Missing(key.Groups["key"].Value, expression);

        return $" It comes from {expression}: the configuration key behind it is probably missing.";
    }

    private static string Missing(string key, string expression)
        => $" It comes from {expression}: the configuration key '{key}' is probably missing. Set it in appsettings.json, in the user " +
           $"secrets, or by the environment variable '{key.Replace(":", "__", StringComparison.Ordinal)}'.";

    [GeneratedRegex(
        """(GetConnectionString|GetEnvironmentVariable|GetValue<string\??>)\(\s*"[^"]*"\s*\)|\[\s*"[^"]*"\s*\]""",
        RegexOptions.CultureInvariant)]
    private static partial Regex Lookup();

    [GeneratedRegex("""GetConnectionString\(\s*"(?<key>[^"]*)"\s*\)""", RegexOptions.CultureInvariant)]
    private static partial Regex NamedConnection();

    [GeneratedRegex("""GetEnvironmentVariable\(\s*"(?<key>[^"]*)"\s*\)""", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex("""(GetValue<string\??>\(|\[)\s*"(?<key>[^"]*)"\s*[\)\]]""", RegexOptions.CultureInvariant)]
    private static partial Regex Key();
}
