"""What is known of an expert's past: employments and collaborations, with their dates."""
