namespace EventStore.EF;

/// <summary>The rules for names of streams, subscriptions and snapshot types.</summary>
internal static class NameRules
{
    public static void Check(string value, string kind, int maxLength, string parameter)
    {
        if (string.IsNullOrEmpty(value))
            throw new ArgumentException($"A {kind} name must have at least one character. This one is empty.", parameter);

        if (value.Length > maxLength)
        {
            throw new ArgumentException(
                $"A {kind} name must have at most {maxLength} characters. This one has {value.Length}: '{value[..40]}…'.", parameter);
        }

        for (var index = 0; index < value.Length; index++)
        {
            if (char.IsControl(value[index]))
            {
                throw new ArgumentException(
                    $"A {kind} name must not have control characters. This one has U+{(int)value[index]:X4} at index {index}.", parameter);
            }
        }

        WellFormed.Check(value, $"A {kind} name", parameter);
    }

    /// <summary>Whether every database can store the text.</summary>
    public static bool IsStorable(string value)
        => !value.Contains('\0', StringComparison.Ordinal) && WellFormed.IndexOfLoneSurrogate(value) < 0;

    /// <summary>Refuses text that no database can store, and that therefore can't be compared with what is stored.</summary>
    public static void CheckStorable(string value, string what, string parameter)
    {
        if (value.IndexOf('\0') is >= 0 and var index)
            throw new ArgumentException($"{what} must not contain U+0000. This one has it at index {index}.", parameter);

        WellFormed.Check(value, what, parameter);
    }
}
