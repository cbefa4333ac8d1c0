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
}
