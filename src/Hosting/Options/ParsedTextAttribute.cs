using System.ComponentModel.DataAnnotations;

namespace KadaluFsd.Hosting.Options;

/// <summary>A text that its owner makes something of; wrong where that cannot be made of it.</summary>
/// <param name="parse">Makes it; throws <see cref="FormatException"/> with what is expected.</param>
[AttributeUsage(AttributeTargets.Property)]
public abstract class ParsedTextAttribute(Action<string> parse) : ValidationAttribute
{
    /// <inheritdoc/>
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        try
        {
            if (value is string text)
            {
                parse(text);
            }

            return ValidationResult.Success;
        }
        catch (FormatException exception)
        {
            return new ValidationResult(exception.Message);
        }
    }
}
